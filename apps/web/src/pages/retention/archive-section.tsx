import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTRPC } from "../../api.ts";
import { ActDialog } from "../../components/act-dialog.tsx";
import { DataList } from "../../components/data-list.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { count } from "../../format.ts";
import { useMay } from "../../me.ts";
import { usePreferences } from "../../preferences.ts";
import { useLostAt } from "../../reach.ts";
import { texts } from "../../texts.ts";
import { type Archive, archiveColumns, nameOf } from "./archive-columns.tsx";
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
  const [moved, setMoved] = useState<Moved | null>(null);
  const verify = useMutation(
    trpc.archives.verify.mutationOptions({ onSettled: () => queries.invalidateQueries(trpc.archives.pathFilter()) }),
  );
  const lost = isLost ? texts.failure.offlineReason : null;
  const whyNot = mayManage ? lost : texts.notPermitted.needs("retention.manage");
  const { mutate: onVerify } = verify;
  const columns = useMemo(
    () =>
      archiveColumns({
        ...{ zone, whyNot: { verify: lost, load: whyNot, unload: whyNot } },
        onAct: (act, archive) =>
          act === "verify" ? onVerify({ manifestId: archive.manifestId }) : setMoved({ act, archive }),
      }),
    [zone, lost, whyNot, onVerify],
  );
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
      {verify.error ? (
        <div className={classes.note}>
          <FailureNote error={verify.error} />
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
      {moved ? <MoveDialog {...moved} onClose={() => setMoved(null)} /> : null}
    </section>
  );
}

type Moved = { act: "load" | "unload"; archive: Archive };

/** Has a month loaded back into the log, or taken out of it again. */
function MoveDialog({ act, archive, onClose }: Moved & { onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const move = useMutation(
    trpc.archives[act].mutationOptions({
      onSuccess: onClose,
      onSettled: () => {
        queries.removeQueries({ ...trpc.audit.pathFilter(), type: "inactive" });
        return queries.invalidateQueries(trpc.archives.pathFilter());
      },
    }),
  );
  return (
    <ActDialog
      title={words.moveTitle[act](nameOf(archive))}
      effect={words.moveEffect[act](count(archive.loaded?.rows ?? archive.count))}
      verb={words[act]}
      needsReason
      error={move.error}
      isWorking={move.isPending}
      onClose={onClose}
      onAct={(reason) => move.mutate({ manifestId: archive.manifestId, reason })}
    />
  );
}
