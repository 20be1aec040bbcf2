import type { Feature } from "@countersign/audit/features";
import { Checkbox, Kbd } from "@mantine/core";
import { setPreference, usePreferences } from "../preferences.ts";
import classes from "./key-sheet.module.css";
import { keyTexts as words } from "./key-texts.ts";
import { navFor } from "./nav.ts";
import { commandKey } from "./page-keys.ts";
import { Sheet } from "./sheet.tsx";

type Row = readonly [keys: readonly string[], what: string];

const anywhere = (features: readonly string[]): readonly Row[] => [
  [[commandKey, "K"], words.palette],
  ...navFor(features).flatMap((group) =>
    group.pages.flatMap((page): Row[] =>
      "key" in page ? [[["G", page.key.toUpperCase()], words.goTo(page.label)]] : [],
    ),
  ),
  [["?"], words.sheet],
  [["Esc"], words.shut],
];

const groups: readonly { name: string; rows: readonly Row[]; feature?: Feature }[] = [
  {
    name: words.lists,
    rows: [
      [["/"], words.search],
      [["J"], words.next],
      [["K"], words.previous],
      [["Enter"], words.open],
      [["R"], words.refresh],
    ],
  },
  {
    name: words.log,
    feature: "audit.read",
    rows: [
      [["F"], words.facets],
      [["T"], words.range],
      [["U"], words.zone],
      [["L"], words.live],
      [["S"], words.saveView],
      [["."], words.valueMenu],
      [["X"], words.pick],
      [["Shift", "↓"], words.pickMore],
      [["[", "]"], words.tabs],
      [["→"], words.inRow],
      [["←", "→"], words.chart],
      [["Shift", "←", "→"], words.chartSome],
    ],
  },
];

/** Every key that does something for whoever holds these rights, on one sheet, and the switch for single letters (WCAG 2.1.4). */
export function KeySheet({ features, onClose }: { features: readonly string[]; onClose: () => void }) {
  const { letterKeys } = usePreferences();
  const shown = [
    { name: words.anywhere, rows: anywhere(features) },
    ...groups.filter(({ feature }) => feature === undefined || features.includes(feature)),
  ];
  return (
    <Sheet title={words.title} onClose={onClose}>
      {shown.map((group) => (
        <section key={group.name} className={classes.group}>
          <h3 className={classes.name}>{group.name}</h3>
          <dl className={classes.rows}>
            {group.rows.map(([keys, what]) => (
              <div key={what} className={classes.row}>
                <dt>
                  {keys.map((key) => (
                    <Kbd key={key} size="xs">
                      {key}
                    </Kbd>
                  ))}
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <Checkbox
        label={words.letters}
        description={words.lettersHint}
        checked={letterKeys}
        onChange={(event) => setPreference("letterKeys", event.currentTarget.checked)}
        className={classes.letters}
      />
      <p className={classes.note}>{words.off}</p>
    </Sheet>
  );
}
