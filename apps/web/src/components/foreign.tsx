import { piecesOf } from "../marks.ts";

/** Text that somebody typed: kept apart from the direction of its surroundings, unseen characters drawn as marks. */
export function Foreign({ text }: { text: string }) {
  return (
    <bdi>
      {piecesOf(text).map((piece, index) =>
        piece.isMark ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no identity but their place
          <span key={index} className="control-mark">
            {piece.text}
          </span>
        ) : (
          piece.text
        ),
      )}
    </bdi>
  );
}
