import { Link } from "@tanstack/react-router";
import { Lock } from "lucide-react";
import type { Receipt } from "../../api.ts";
import { ReasonedButton } from "../../components/reasoned-button.tsx";
import { SeverityMark } from "../../events/severity-mark.tsx";
import { plainDate } from "../../format.ts";
import classes from "./catalogue.module.css";
import { catalogueTexts as words } from "./catalogue-texts.ts";
import { type Activity, type EventTypeEntry, isEdited } from "./event-types.ts";
import { Spark } from "./spark.tsx";
import { TypeForm } from "./type-form.tsx";
import { type useHolders, WhoMay } from "./who-may.tsx";

type Props = {
  type: EventTypeEntry;
  activity: Activity | undefined;
  /** The first day of the counts; undefined until they are known. */
  from: string | undefined;
  holders: ReturnType<typeof useHolders>;
  whyNot: string | null;
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
  onSaved: (done: Receipt) => void;
};

/** One type as it is set; its settings unfold below it. */
export function TypeRow({ type, activity, from, holders, whyNot, isOpen, onOpen, onSaved }: Props) {
  return (
    <>
      <tr data-off={!type.enabled || undefined}>
        <th scope="row">
          <Link to="/events/$code" params={{ code: type.code }} className={classes.name}>
            {type.name}
          </Link>
          <code>{type.code}</code>
        </th>
        <td>
          <SeverityMark severity={type.severity} />
        </td>
        <td>
          <Recorded type={type} />
        </td>
        <td>{words.approvals[type.approval] ?? type.approval}</td>
        <td>{words.policies[type.policy] ?? type.policy}</td>
        <td>{type.notify ? words.yes : words.no}</td>
        <td className={classes.who}>
          <WhoMay feature={type.catalogue?.feature ?? null} holders={holders} />
        </td>
        <td className={classes.last}>
          {from === undefined ? null : activity?.lastDay ? plainDate(activity.lastDay) : words.never}
        </td>
        <td>{from === undefined ? null : <Spark counts={activity?.counts ?? noCounts} from={from} />}</td>
        <td>
          <ReasonedButton
            variant="subtle"
            size="compact-xs"
            aria-label={words.editOf(type.name)}
            aria-expanded={isOpen}
            reason={whyNot ?? (type.retired ? words.form.retired : null)}
            onClick={() => onOpen(!isOpen)}
          >
            {words.columns.edit}
          </ReasonedButton>
        </td>
      </tr>
      {isOpen ? (
        <tr className={classes.editRow}>
          <td colSpan={10}>
            <TypeForm
              key={type.version}
              type={type}
              inMonth={activity?.counts.reduce((sum, one) => sum + one, 0)}
              onSaved={onSaved}
              onCancel={() => onOpen(false)}
            />
          </td>
        </tr>
      ) : null}
    </>
  );
}

const noCounts: readonly number[] = new Array<number>(30).fill(0);

/** Whether a type is recorded, and what else is to be said of it in a word. */
export function Recorded({ type }: { type: EventTypeEntry }) {
  return (
    <span className={classes.recorded}>
      {type.retired ? words.retired : type.locked ? words.always : type.enabled ? words.on : words.off}
      {type.locked ? <Lock size={12} aria-hidden /> : null}
      {isEdited(type) ? <span className={classes.tag}>{words.edited}</span> : null}
    </span>
  );
}
