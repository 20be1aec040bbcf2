import { countAt, differingFields, type ObjectState, stateAfter } from "@countersign/audit/state-at";
import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTRPC } from "../../api.ts";
import { FailureNote } from "../../components/failure-note.tsx";
import { ChangedFields } from "../../events/changed-fields.tsx";
import { Timeline } from "../../events/timeline.tsx";
import { count } from "../../format.ts";
import { usePreferences } from "../../preferences.ts";
import { fieldName } from "../../texts.ts";
import classes from "./history.module.css";
import { historyTexts } from "./history-texts.ts";
import type { ChangeEntry } from "./object-changes.ts";

const words = historyTexts.compare;

type Props = {
  type: string;
  id: string;
  changes: readonly ChangeEntry[];
  from: string;
  /** The later moment; the present without one. */
  at: string | undefined;
  onStop: () => void;
};

/** Two states side by side: what differs, what does not, and the events between them. */
export function ComparedStates({ type, id, changes, from, at, onStop }: Props) {
  const { zone } = usePreferences();
  const earlier = stateAfter(changes, countAt(changes, Date.parse(from)));
  const later = stateAfter(changes, at === undefined ? changes.length : countAt(changes, Date.parse(at)));
  const differing = differingFields(earlier, later);
  const unknown = differing.filter((field) => isUnknown(earlier, field) || isUnknown(later, field));
  const shown = differing.filter((field) => !unknown.includes(field));
  const same = Object.keys(later.fields).filter((field) => !differing.includes(field));
  const names = (fields: readonly string[]) => fields.map(fieldName).join(", ");
  return (
    <div className={classes.compared}>
      {earlier.existence === later.existence ? null : (
        <p className={classes.existence}>
          {words.both(words.existence[earlier.existence], words.existence[later.existence])}
        </p>
      )}
      {differing.length === 0 ? <p className={classes.existence}>{words.same}</p> : null}
      {shown.length > 0 ? (
        <ChangedFields
          zone={zone}
          moments={{ old: words.earlier, new: words.later }}
          changes={Object.fromEntries(
            shown.map((field) => [field, { old: shownOf(earlier, field), new: shownOf(later, field) }]),
          )}
        />
      ) : null}
      {unknown.length > 0 ? <p className={classes.muted}>{words.unknownFields(names(unknown))}</p> : null}
      {same.length > 0 ? <p className={classes.muted}>{words.sameFields(names(same))}</p> : null}
      <Button variant="default" size="xs" onClick={onStop} data-print="no">
        {words.stop}
      </Button>
      <Between type={type} id={id} from={from} at={at} />
    </div>
  );
}

const shownOf = (state: ObjectState, field: string) => state.fields[field]?.value ?? null;
const isUnknown = (state: ObjectState, field: string) => (state.fields[field]?.known ?? "whole") !== "whole";

const pageSize = 50;

/** What happened after the earlier moment, up to the later one. */
function Between({ type, id, from, at }: Pick<Props, "type" | "id" | "from" | "at">) {
  const { zone } = usePreferences();
  const trpc = useTRPC();
  const until = at === undefined ? {} : { to: plusOne(at) };
  const isEmpty = at !== undefined && at <= from;
  const query = useInfiniteQuery(
    trpc.history.events.infiniteQueryOptions(
      { objectType: type, objectId: id, from: plusOne(from), ...until, limit: pageSize },
      { getNextPageParam: (page) => page.nextCursor ?? undefined, enabled: !isEmpty, staleTime: 10_000 },
    ),
  );
  const entries = query.data?.pages.flatMap((page) => page.entries) ?? [];
  return (
    <section className={classes.between} aria-labelledby="between">
      <h3 id="between">{words.between}</h3>
      {isEmpty || (query.isSuccess && entries.length === 0) ? (
        <p className={classes.muted}>{words.betweenNone}</p>
      ) : null}
      {entries.length > 0 ? <Timeline entries={entries} zone={zone} /> : null}
      {query.isError ? (
        <FailureNote
          error={query.error}
          onRetry={() => void (query.isFetchNextPageError ? query.fetchNextPage() : query.refetch())}
        />
      ) : null}
      {query.hasNextPage && !query.isError ? (
        <>
          <p className={classes.muted}>{words.betweenMore(count(entries.length))}</p>
          <Button
            variant="default"
            size="xs"
            data-print="no"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {historyTexts.timeline.more}
          </Button>
        </>
      ) : null}
    </section>
  );
}

/** Times are kept to the millisecond: the next one is the first that lies behind. */
const plusOne = (iso: string): string => new Date(Date.parse(iso) + 1).toISOString();
