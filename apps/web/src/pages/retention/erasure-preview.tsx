import type { inferOutput } from "@trpc/tanstack-react-query";
import { type Api, failureOf } from "../../api.ts";
import { AfterDelay } from "../../components/after-delay.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { count, dateTime } from "../../format.ts";
import { usePreferences } from "../../preferences.ts";
import classes from "./erasure.module.css";
import { erasureTexts } from "./erasure-texts.ts";

const words = erasureTexts.form;

type Preview = inferOutput<Api["erasures"]["preview"]>;

type Props = { preview: Preview | undefined; error: unknown; isReading: boolean; onRetry: () => void };

/** What would go, and what stands against it. */
export function ErasurePreview({ preview, error, isReading, onRetry }: Props) {
  if (error) {
    const isMissing = failureOf(error).reason === "not_found";
    return <FailureNote error={error} {...(!isMissing && { onRetry })} />;
  }
  if (preview === undefined) {
    return (
      <AfterDelay ms={150}>
        <p className={classes.hint} role="status">
          {isReading ? words.previewing : ""}
        </p>
      </AfterDelay>
    );
  }
  return (
    <>
      <Goes preview={preview} />
      {preview.blocks.length > 0 ? (
        <div className={classes.blocked} role="status">
          <strong>{words.blocked}</strong>
          <ul>
            {preview.blocks.map(({ reason, sentence }) => (
              <li key={reason}>
                <Foreign text={sentence} />
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </>
  );
}

function Goes({ preview }: { preview: Preview }) {
  const { zone } = usePreferences();
  const { name, account, counts, total, oldest, newest } = preview;
  const roles = (["actor", "object", "target", "query"] as const).filter((role) => counts[role] > 0);
  return (
    <div className={classes.preview}>
      <h3>
        {words.preview}
        {name === null ? null : (
          <>
            {": "}
            <Foreign text={name} />
          </>
        )}
      </h3>
      <ul>
        <li>
          {total === 0 ? words.totalNone : words.total(count(total))}
          {oldest !== null && newest !== null
            ? `, ${words.span(dateTime(oldest, zone), dateTime(newest, zone))}`
            : null}
          {roles.length > 0 ? (
            <ul className={classes.roles}>
              {roles.map((role) => (
                <li key={role}>{words.roles[role](count(counts[role]))}</li>
              ))}
            </ul>
          ) : null}
        </li>
        {account === "active" || account === "inactive" ? <li>{words.account}</li> : null}
        {account === null ? null : <li>{words.archive}</li>}
      </ul>
      <p>{words.stays}</p>
    </div>
  );
}
