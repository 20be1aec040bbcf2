import { ChevronDown, ChevronRight } from "lucide-react";
import { useState } from "react";
import type { Receipt } from "../../api.ts";
import { useMay } from "../../me.ts";
import classes from "./catalogue.module.css";
import { catalogueTexts as words } from "./catalogue-texts.ts";
import { type Activity, type EventTypeEntry, groupNames, groupTitle } from "./event-types.ts";
import { TypeRow } from "./type-row.tsx";
import { useHolders } from "./who-may.tsx";

type Props = {
  all: readonly EventTypeEntry[];
  shown: readonly EventTypeEntry[];
  activity: { from: string; items: readonly Activity[] } | undefined;
  /** Whether the types were narrowed; then no group is folded. */
  isFiltered: boolean;
  onSaved: (done: Receipt, name: string) => void;
};

/** The types in their groups; those of the platform are folded at first. */
export function CatalogueTable({ all, shown, activity, isFiltered, onSaved }: Props) {
  const holders = useHolders();
  const whyNot = useMay("events.configure") ? null : words.whyNot;
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set(["platform"]));
  const [open, setOpen] = useState<string | null>(null);
  const byCode = new Map(activity?.items.map((item) => [item.code, item]));
  const fold = (group: string) =>
    setFolded((before) => new Set(before.has(group) ? [...before].filter((one) => one !== group) : [...before, group]));
  return (
    <div className={classes.sheet}>
      <table className={classes.table} aria-label={words.table}>
        <thead>
          <tr>
            {Object.entries(words.columns).map(([key, name]) => (
              <th key={key} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        {groupNames.map((group) => {
          const types = shown.filter(({ category }) => category === group);
          if (types.length === 0) return null;
          const isFolded = !isFiltered && folded.has(group);
          const Icon = isFolded ? ChevronRight : ChevronDown;
          return (
            <tbody key={group}>
              <tr className={classes.groupRow}>
                <th scope="rowgroup" colSpan={10}>
                  <button type="button" className={classes.fold} aria-expanded={!isFolded} onClick={() => fold(group)}>
                    <Icon size={14} aria-hidden /> {groupTitle(group)}
                  </button>
                  <span>
                    {words.groupCount(types.length, all.filter(({ category }) => category === group).length)}
                    {group === "platform" ? `, ${words.platformHint}` : null}
                  </span>
                </th>
              </tr>
              {isFolded
                ? null
                : types.map((type) => (
                    <TypeRow
                      key={type.code}
                      type={type}
                      activity={byCode.get(type.code)}
                      from={activity?.from}
                      holders={holders}
                      whyNot={whyNot}
                      isOpen={open === type.code}
                      onOpen={(isOpen) => setOpen(isOpen ? type.code : null)}
                      onSaved={(done) => {
                        setOpen(null);
                        onSaved(done, type.name);
                      }}
                    />
                  ))}
            </tbody>
          );
        })}
      </table>
    </div>
  );
}
