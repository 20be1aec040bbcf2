import { SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type LogEntry, useTRPC } from "../../api.ts";
import { AfterDelay } from "../../components/after-delay.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { Timeline } from "../../events/timeline.tsx";
import type { Zone } from "../../format.ts";
import { referenceText } from "./drawer-filter.ts";
import { drawerTexts } from "./drawer-texts.ts";
import classes from "./event-drawer.module.css";
import type { LogSearch } from "./log-search.ts";

const words = drawerTexts.timeline;

const relations = ["object", "request", "actor"] as const;
type Relation = (typeof relations)[number];

const offered = ({ object, requestId, actor }: LogEntry): Relation[] =>
  relations.filter((by) => {
    if (by === "object") return object !== null;
    return by === "request" ? requestId !== null : actor.type !== "anonymous";
  });

type Props = { entry: LogEntry; zone: Zone; base: LogSearch; onOpen: (entry: LogEntry) => void };

/** What stands around the open event: of the same object, of the same request, or by the same actor. */
export function DrawerTimeline({ entry, zone, base, onOpen }: Props) {
  const [chosen, setBy] = useState<Relation | null>(null);
  const choices = offered(entry);
  const by = choices.find((choice) => choice === chosen) ?? choices[0];
  if (by === undefined) return <p className={classes.none}>{words.none}</p>;
  return (
    <>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label={words.label}
        value={by}
        onChange={(value) => setBy(choices.find((choice) => choice === value) ?? null)}
        data={choices.map((value) => ({ value, label: words.by[value] }))}
      />
      <Around key={by} entry={entry} by={by} zone={zone} base={base} onOpen={onOpen} />
    </>
  );
}

function Around({ entry, by, zone, base, onOpen }: Props & { by: Relation }) {
  const trpc = useTRPC();
  const around = useQuery({ ...trpc.history.around.queryOptions({ id: entry.id, by }), staleTime: 10_000 });
  if (around.isError) return <FailureNote error={around.error} onRetry={() => void around.refetch()} />;
  if (!around.data) {
    return (
      <AfterDelay ms={150}>
        <p className={classes.none}>{words.loading}</p>
      </AfterDelay>
    );
  }
  const { entries, more } = around.data;
  return (
    <div className={classes.around}>
      {more.newer ? <p className={classes.hint}>{words.newer}</p> : null}
      <Timeline entries={entries} zone={zone} base={base} current={entry.id} onOpen={onOpen} />
      {entries.length === 1 ? <p className={classes.hint}>{words.alone[by]}</p> : null}
      {more.older ? <p className={classes.hint}>{words.older}</p> : null}
      <Whole entry={entry} by={by} />
    </div>
  );
}

const windowMs = 15 * 60_000;

/** The way from a part to the whole. */
function Whole({ entry, by }: { entry: LogEntry; by: Relation }) {
  if (by === "object" && entry.object) {
    return (
      <Link to="/history/$type/$id" params={{ type: entry.object.type, id: entry.object.id }}>
        {words.whole}
      </Link>
    );
  }
  if (by !== "actor") return null;
  const around = (ms: number) => new Date(Date.parse(entry.receivedAt) + ms).toISOString();
  const search = { actor: referenceText(entry.actor), from: around(-windowMs), to: around(windowMs), event: entry.id };
  return (
    <Link to="/log" search={search}>
      {words.wholeActor}
    </Link>
  );
}
