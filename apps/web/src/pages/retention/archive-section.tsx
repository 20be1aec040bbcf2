import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTRPC } from "../../api.ts";
import { DataList } from "../../components/data-list.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { useMay } from "../../me.ts";
import { usePreferences } from "../../preferences.ts";
import { useLostAt } from "../../reach.ts";
import { texts } from "../../texts.ts";
import { archiveColumns } from "./archive-columns.tsx";
import classes from "./erasure.module.css";
import { erasureTexts } from "./erasure-texts.ts";

const words = erasureTexts.archives;
const everyMs = 1500;

/** What lies in the archive, with what can be done with it; read again while a worker is at it. */
export function ArchiveSection() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { zone } = usePreferences();
  const mayManage = useMay("retention.manage");
  const isLost = useLostAt() !== null;
  const query = useInfiniteQuery(
    trpc.archives.list.infiniteQueryOptions(
      { limit: 50 },
      {
        getNextPageParam: (page) => page.nextCursor ?? undefined,
        placeholderData: keepPreviousData,
        staleTime: 0,
        refetchInterval: ({ state }) =>
          state.data?.pages.some(({ items }) => items.some(({ lastTask }) => lastTask && lastTask.endedAt === null))
            ? everyMs
            : false,
      },
    ),
  );
  const again = {
    onSettled: () => {
      queries.removeQueries({ ...trpc.audit.pathFilter(), type: "inactive" });
      return queries.invalidateQueries(trpc.archives.pathFilter());
    },
  };
  const verify = useMutation(trpc.archives.verify.mutationOptions(again));
  const load = useMutation(trpc.archives.load.mutationOptions(again));
  const unload = useMutation(trpc.archives.unload.mutationOptions(again));
  const error = verify.error ?? load.error ?? unload.error;
  const lost = isLost ? texts.failure.offlineReason : null;
  const whyNot = mayManage ? lost : texts.notPermitted.needs("retention.manage");
  const [onVerify, onLoad, onUnload] = [verify.mutate, load.mutate, unload.mutate];
  const columns = useMemo(() => {
    const acts = { verify: onVerify, load: onLoad, unload: onUnload };
    return archiveColumns({ zone, whyNot: { verify: lost, load: whyNot, unload: whyNot }, acts });
  }, [zone, lost, whyNot, onVerify, onLoad, onUnload]);
  const rows = (query.data?.pages.flatMap((page) => page.items) ?? []).map((one) => ({ ...one, id: one.manifestId }));
  return (
    <section className={classes.section} aria-labelledby="archives">
      <div className={classes.head}>
        <div>
          <h2 id="archives" className={classes.title}>
            {words.title}
          </h2>
          <p className={classes.hint}>{words.hint}</p>
        </div>
      </div>
      {error ? (
        <div className={classes.note}>
          <FailureNote error={error} />
        </div>
      ) : null}
      <DataList
        query={query}
        queryKey={trpc.archives.list.pathKey()}
        rows={rows}
        columns={columns}
        words={words}
        empty={<EmptyState title={words.emptyTitle}>{words.empty}</EmptyState>}
      />
    </section>
  );
}
