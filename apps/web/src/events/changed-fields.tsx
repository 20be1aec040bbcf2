import type { ReactNode } from "react";
import type { LogEntry } from "../api.ts";
import { Foreign } from "../components/foreign.tsx";
import { dateDistance, type Zone } from "../format.ts";
import { fieldName, texts } from "../texts.ts";
import classes from "./changed-fields.module.css";
import { Value } from "./value.tsx";
import { isHidden, shownItems, shownValue } from "./values.ts";
import { wordRuns } from "./word-runs.ts";

type Changes = NonNullable<LogEntry["changes"]>;

type Props = {
  changes: Changes;
  zone: Zone;
  /** Whether the object begins with these values: then there was nothing before. */
  isFirst?: boolean;
  /** What can be done with a value, beside it. */
  menu?: ((name: string, copy: string) => ReactNode) | undefined;
  /** What the two columns are called when they are two moments and not one change. */
  moments?: { old: string; new: string } | undefined;
};

/** Field, value before, value after. A first state has no column of before. */
export function ChangedFields({ changes, zone, isFirst: begins = false, menu, moments }: Props) {
  const rows = Object.entries(changes);
  const isFirst = begins && rows.every(([, change]) => change.old === null || change.old === undefined);
  return (
    <table className={classes.table} data-moments={moments ? true : undefined}>
      <thead>
        <tr>
          <th scope="col">{texts.log.drawer.field}</th>
          {isFirst ? null : <th scope="col">{moments?.old ?? texts.log.drawer.old}</th>}
          <th scope="col">{isFirst ? texts.log.drawer.created : (moments?.new ?? texts.log.drawer.new)}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([field, change]) => (
          <ChangedField key={field} field={field} change={change} zone={zone} isFirst={isFirst} menu={menu} />
        ))}
      </tbody>
    </table>
  );
}

type RowProps = { field: string; change: Changes[string]; zone: Zone; isFirst: boolean; menu: Props["menu"] };

function ChangedField({ field, change, zone, isFirst, menu }: RowProps) {
  const runs =
    typeof change.old === "string" && typeof change.new === "string" ? wordRuns(change.old, change.new) : null;
  const distance = dateDistance(change.old, change.new);
  const menuOf = (when: string, value: unknown) => {
    const { text, kind } = shownValue(value, zone);
    return menu && kind !== "none" ? (
      <span className={classes.menu}>{menu(`${fieldName(field)}, ${when}`, text)}</span>
    ) : null;
  };
  if (!isFirst && (isHidden(change.old) || isHidden(change.new))) {
    return (
      <tr>
        <th scope="row">{fieldName(field)}</th>
        <td colSpan={2}>{texts.values.hiddenChange}</td>
      </tr>
    );
  }
  return (
    <tr>
      <th scope="row">{fieldName(field)}</th>
      {isFirst ? null : (
        <td className={classes.old} data-fact>
          <Value value={change.old} zone={zone} runs={distance ? undefined : runs?.old} />
          {menuOf(texts.log.drawer.old, change.old)}
        </td>
      )}
      <td className={isFirst ? undefined : classes.new} data-fact>
        <Value value={change.new} zone={zone} runs={distance ? undefined : runs?.new} />
        {distance ? <span className={classes.distance}> {distance}</span> : null}
        {menuOf(isFirst ? texts.log.drawer.created : texts.log.drawer.new, change.new)}
        <ListChange change={change} zone={zone} />
      </td>
    </tr>
  );
}

/** What came to a list and what went from it. */
function ListChange({ change, zone }: { change: Changes[string]; zone: Zone }) {
  const added = "added" in change ? shownItems(change.added, zone) : [];
  const removed = "removed" in change ? shownItems(change.removed, zone) : [];
  if (added.length + removed.length === 0) return null;
  return (
    <div className={classes.distance}>
      {added.length > 0 ? <Foreign text={`${texts.values.added} ${added.join(", ")}`} /> : null}
      {added.length > 0 && removed.length > 0 ? "; " : null}
      {removed.length > 0 ? <Foreign text={`${texts.values.removed} ${removed.join(", ")}`} /> : null}
    </div>
  );
}
