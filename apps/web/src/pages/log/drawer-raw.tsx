import { eventFormatNames, eventFormats } from "@countersign/audit/formats/index";
import type { LogEntry } from "../../api.ts";
import { AfterDelay } from "../../components/after-delay.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { markedText } from "../../marks.ts";
import { texts } from "../../texts.ts";
import { drawerTexts } from "./drawer-texts.ts";
import classes from "./event-drawer.module.css";

type FullEntry = LogEntry & { leaf: string; details: string | null };
type Props = { entry: FullEntry | undefined; error: unknown; onRetry: () => void };

const words = drawerTexts.raw;

/** What is hashed and what it commits to, byte for byte; the event as others read it; and how to fetch it. */
export function DrawerRaw({ entry, error, onRetry }: Props) {
  if (error) return <FailureNote error={error} onRetry={onRetry} />;
  if (!entry) return <AfterDelay ms={150}>{<p className={classes.none}>{texts.log.loading}</p>}</AfterDelay>;
  const { origin } = window.location;
  return (
    <>
      <Block name={words.leaf} hint={words.leafHint} text={entry.leaf} />
      {entry.details === null ? (
        <p className={classes.none}>{drawerTexts.erased}</p>
      ) : (
        <Block name={words.details} hint={words.detailsHint} text={entry.details} />
      )}
      {eventFormatNames.map((format) => (
        <Block
          key={format}
          name={eventFormats[format].name}
          hint={words.formats[format]}
          text={JSON.stringify(eventFormats[format].write(entry, { origin }), null, 2)}
        />
      ))}
      <Block
        name={words.curl}
        hint={words.curlHint}
        text={`curl -H "Authorization: Bearer $COUNTERSIGN_KEY" ${origin}/api/audit/events/${entry.id}`}
      />
      <Block
        name={words.trpc}
        hint={words.trpcHint}
        text={`const { entry } = await countersign.trpc.audit.get.query({ id: "${entry.id}" });`}
      />
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
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard (WCAG 2.1.1) */}
      <section className={classes.raw} tabIndex={0} aria-label={words.textOf(name)}>
        <pre>
          <bdi>{text.split("\n").map(markedText).join("\n")}</bdi>
        </pre>
      </section>
    </section>
  );
}
