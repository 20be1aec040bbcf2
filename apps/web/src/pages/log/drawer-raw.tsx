import type { LogEntry } from "../../api.ts";
import { AfterDelay } from "../../components/after-delay.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { markedText } from "../../marks.ts";
import { texts } from "../../texts.ts";
import classes from "./event-drawer.module.css";

type FullEntry = LogEntry & { leaf: string; details: string | null };
type Props = { entry: FullEntry | undefined; error: unknown; onRetry: () => void };

const words = texts.log.drawer;

/** What is hashed and what it commits to, byte for byte. */
export function DrawerRaw({ entry, error, onRetry }: Props) {
  if (error) return <FailureNote error={error} onRetry={onRetry} />;
  if (!entry) return <AfterDelay ms={150}>{<p className={classes.none}>{texts.log.loading}</p>}</AfterDelay>;
  return (
    <>
      <Block name={words.leaf} hint={words.leafHint} text={entry.leaf} />
      {entry.details === null ? (
        <p className={classes.none}>{words.erased}</p>
      ) : (
        <Block name={words.details} hint={words.detailsHint} text={entry.details} />
      )}
    </>
  );
}

function Block({ name, hint, text }: { name: string; hint: string; text: string }) {
  return (
    <section className={classes.block}>
      <div className={classes.blockHead}>
        <h3>{name}</h3>
        <CopyButton value={text} label={texts.failure.copy} />
      </div>
      <p className={classes.hint}>{hint}</p>
      <pre className={classes.raw}>
        <bdi>{markedText(text)}</bdi>
      </pre>
    </section>
  );
}
