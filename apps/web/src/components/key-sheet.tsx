import { Kbd } from "@mantine/core";
import { texts } from "../texts.ts";
import classes from "./key-sheet.module.css";
import { Sheet } from "./sheet.tsx";

const groups = [
  {
    name: texts.keys.anywhere,
    rows: [
      [["G", "L"], texts.keys.goLog],
      [["G", "P"], texts.keys.goPermits],
      [["G", "C"], texts.keys.goCatalogue],
      [["G", "I"], texts.keys.goIntegrity],
      [["?"], texts.keys.sheet],
    ],
  },
  {
    name: texts.keys.lists,
    rows: [
      [["/"], texts.keys.search],
      [["J"], texts.keys.next],
      [["K"], texts.keys.previous],
      [["Enter"], texts.keys.open],
      [["R"], texts.keys.refresh],
      [["L"], texts.keys.live],
      [["S"], texts.keys.saveView],
      [["U"], texts.keys.zone],
    ],
  },
  {
    name: texts.keys.event,
    rows: [
      [["[", "]"], texts.keys.tabs],
      [["."], texts.keys.valueMenu],
      [["Esc"], texts.keys.shut],
    ],
  },
] as const;

/** Every key that does something, on one sheet. */
export function KeySheet({ onClose }: { onClose: () => void }) {
  return (
    <Sheet title={texts.keys.title} onClose={onClose}>
      {groups.map((group) => (
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
      <p className={classes.note}>{texts.keys.off}</p>
    </Sheet>
  );
}
