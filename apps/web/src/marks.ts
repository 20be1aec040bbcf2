const names: Readonly<Record<number, string>> = {
  0: "NUL",
  7: "BEL",
  8: "BS",
  9: "TAB",
  10: "LF",
  13: "CR",
  27: "ESC",
  127: "DEL",
  1564: "ALM",
  8203: "ZWSP",
  8206: "LRM",
  8207: "RLM",
  8232: "LS",
  8233: "PS",
  8234: "LRE",
  8235: "RLE",
  8236: "PDF",
  8237: "LRO",
  8238: "RLO",
  8288: "WJ",
  8294: "LRI",
  8295: "RLI",
  8296: "FSI",
  8297: "PDI",
  65279: "BOM",
};

/** Control, bidi and other characters that show nothing or change how their surroundings are shown. */
const unseen = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/gu;

const markOf = (character: string) => {
  const point = character.codePointAt(0) ?? 0;
  return `⟨${names[point] ?? `U+${point.toString(16).toUpperCase().padStart(4, "0")}`}⟩`;
};

export type TextPiece = { text: string; isMark: boolean };

/** Splits text into what can be shown as it is and marks (⟨RLO⟩) for the characters that cannot. */
export const piecesOf = (text: string): TextPiece[] => {
  const pieces: TextPiece[] = [];
  let from = 0;
  for (const match of text.matchAll(unseen)) {
    if (match.index > from) pieces.push({ text: text.slice(from, match.index), isMark: false });
    pieces.push({ text: markOf(match[0]), isMark: true });
    from = match.index + match[0].length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), isMark: false });
  return pieces;
};

/** The same as one string, for names and titles. */
export const markedText = (text: string): string =>
  piecesOf(text)
    .map((piece) => piece.text)
    .join("");
