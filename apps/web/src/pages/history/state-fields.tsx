import { begins } from "@countersign/audit/object-life";
import type { FieldState, ObjectState } from "@countersign/audit/state-at";
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Value } from "../../events/value.tsx";
import { dateTime, type Zone } from "../../format.ts";
import { fieldName, texts } from "../../texts.ts";
import classes from "./history.module.css";
import { actorName } from "./history-head.tsx";
import { historyTexts } from "./history-texts.ts";
import type { ChangeEntry } from "./object-changes.ts";

const words = historyTexts.asAt;

type Props = {
  state: ObjectState;
  changes: readonly ChangeEntry[];
  zone: Zone;
  caption: string;
  onLastValues: () => void;
};

/** The fields of a state, each with the event that set it. */
export function StateFields({ state, changes, zone, caption, onLastValues }: Props) {
  const told = (entry: ChangeEntry | undefined, say: (when: string, who: string) => string) =>
    entry ? say(dateTime(entry.receivedAt, zone), actorName(entry)) : null;
  if (state.existence === "not_yet") {
    return (
      <p className={classes.existence}>
        {words.notYet} {told(changes[0], words.notYetUntil)}
      </p>
    );
  }
  if (state.existence === "gone") {
    return (
      <div className={classes.existence}>
        <p>{told(changes.at(-1), words.gone)}</p>
        <Button variant="default" size="xs" onClick={onLastValues} data-print="no">
          {words.lastValues}
        </Button>
      </div>
    );
  }
  const begun = changes.find(({ code }) => begins(code));
  return (
    <>
      {state.existence === "unknown" ? <p className={classes.existence}>{words.unknownBefore}</p> : null}
      <table className={classes.fields}>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{words.field}</th>
            <th scope="col">{words.value}</th>
          </tr>
        </thead>
        <tbody>
          {inOrder(state.fields).map(([name, field]) => (
            <tr key={name}>
              <th scope="row">{fieldName(name)}</th>
              <td>
                <Known field={field} zone={zone} />
                {field.setBy !== null && field.setBy === begun?.id && !field.contradicted ? null : (
                  <Since field={field} changes={changes} zone={zone} />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {begun && Object.values(state.fields).some(({ setBy }) => setBy === begun.id) ? (
        <p className={classes.muted}>{words.undated(dateTime(begun.receivedAt, zone))}</p>
      ) : null}
    </>
  );
}

const order = Object.keys(texts.fields);
/** As the forms name them; what they do not name comes last. */
const placeOf = (field: string): number => {
  const place = order.indexOf(field);
  return place < 0 ? order.length : place;
};
const inOrder = (fields: ObjectState["fields"]) =>
  Object.entries(fields).sort(([one], [other]) => placeOf(one) - placeOf(other));

function Known({ field, zone }: { field: FieldState; zone: Zone }) {
  if (field.known === "unknown") return <span className={classes.muted}>{words.unknown}</span>;
  return (
    <>
      {field.known === "partial" ? <span className={classes.muted}>{words.partial} </span> : null}
      <Value value={field.value} zone={zone} />
    </>
  );
}

/** Which event set a value, and when; and whether the log missed something since. */
function Since({ field, changes, zone }: { field: FieldState; changes: readonly ChangeEntry[]; zone: Zone }) {
  const setBy = changes.find(({ id }) => id === field.setBy);
  const next = changes.find(({ id }) => id === field.changedBy);
  return (
    <div className={classes.since}>
      {setBy ? (
        <Link to="/log" search={{ event: setBy.id }}>
          {words.sinceLink(dateTime(setBy.receivedAt, zone))}
        </Link>
      ) : (
        <span>{field.known === "unknown" ? words.unknownHint : words.earlier}</span>
      )}
      {field.contradicted && next ? (
        <strong className={classes.contradicted}>{words.contradicted(dateTime(next.receivedAt, zone))}</strong>
      ) : null}
    </div>
  );
}
