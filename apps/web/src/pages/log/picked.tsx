import { Button } from "@mantine/core";
import { useState } from "react";
import type { LogEntry } from "../../api.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { listTexts } from "./list-texts.ts";
import classes from "./log-page.module.css";

/** Events that the reader picked, by their ids, in the order of picking; they stay picked when the filter changes. */
export const usePicked = () => {
  const [picked, setPicked] = useState<ReadonlyMap<string, LogEntry>>(new Map());
  return {
    entries: picked,
    /** Picks an event, or lets go of it; `isOn` says which of the two, else the other of now. */
    pick: (entry: LogEntry, isOn?: boolean) =>
      setPicked((before) => {
        const next = new Map(before);
        if (isOn ?? !before.has(entry.id)) next.set(entry.id, entry);
        else next.delete(entry.id);
        return next;
      }),
    clear: () => setPicked(new Map()),
  };
};

export type Picked = ReturnType<typeof usePicked>;

/** How many events are picked, and what can be taken along of them, newest first. */
export function PickedBar({ picked }: { picked: Picked }) {
  if (picked.entries.size === 0) return null;
  const entries = [...picked.entries.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
  const links = entries.map(({ id }) => `${window.location.origin}/log?event=${id}`).join("\n");
  const lines = entries.map((entry) => JSON.stringify(entry)).join("\n");
  return (
    <section className={classes.picked} aria-label={listTexts.picked(entries.length)} data-print="no">
      <strong role="status">{listTexts.picked(entries.length)}</strong>
      <CopyButton value={links} label={listTexts.copyLinks} />
      <CopyButton value={lines} label={listTexts.copyLines} />
      <Button variant="default" size="compact-xs" onClick={picked.clear}>
        {listTexts.clear}
      </Button>
    </section>
  );
}
