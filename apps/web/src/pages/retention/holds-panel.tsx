import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Receipt, useTRPC } from "../../api.ts";
import { ActDialog } from "../../components/act-dialog.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { ReasonedButton } from "../../components/reasoned-button.tsx";
import { count, dateTime } from "../../format.ts";
import { useMay } from "../../me.ts";
import { usePreferences } from "../../preferences.ts";
import { useLostAt } from "../../reach.ts";
import { texts } from "../../texts.ts";
import { PlaceHoldDialog } from "./place-hold-dialog.tsx";
import classes from "./retention.module.css";
import { retentionTexts } from "./retention-texts.ts";
import { counted, type Hold, scopeWords } from "./retention-words.ts";

const words = retentionTexts.holds;

type Props = { onDone: (receipt: Receipt) => void };

/** What must outlast its period, why, and who said so. */
export function HoldsPanel({ onDone }: Props) {
  const trpc = useTRPC();
  const mayHold = useMay("retention.hold");
  const isLost = useLostAt() !== null;
  const [isPlacing, setPlacing] = useState(false);
  const [released, setReleased] = useState<Hold | null>(null);
  const [showsReleased, setShowsReleased] = useState(false);
  const read = useQuery({ ...trpc.retention.listHolds.queryOptions(), staleTime: 10_000, retry: false });
  const whyNot = !mayHold ? words.lacks : isLost ? texts.failure.offlineReason : null;
  const items = read.data?.items ?? [];
  const standing = items.filter(({ releasedAt }) => releasedAt === null);
  const over = items.length - standing.length;
  const place = (
    <ReasonedButton variant="default" size="xs" reason={whyNot} onClick={() => setPlacing(true)}>
      {words.place}
    </ReasonedButton>
  );
  const finish = (close: () => void) => (receipt: Receipt) => {
    close();
    onDone(receipt);
  };
  return (
    <section className={classes.panel} aria-labelledby="retention-holds">
      <div className={classes.heading}>
        <h2 id="retention-holds" className={classes.section}>
          {words.title}
        </h2>
        {items.length > 0 ? place : null}
      </div>
      <p className={classes.muted}>{words.hint}</p>
      {read.isError ? (
        <FailureNote error={read.error} holds={texts.failure.holds} onRetry={() => void read.refetch()} />
      ) : null}
      {read.data && standing.length === 0 ? (
        <EmptyState title={words.empty} actions={items.length === 0 ? place : null}>
          {words.emptyHint}
        </EmptyState>
      ) : null}
      {standing.length > 0 || (showsReleased && over > 0) ? (
        <HoldTable holds={showsReleased ? items : standing} whyNot={whyNot} onRelease={setReleased} />
      ) : null}
      {over > 0 ? (
        <Button variant="subtle" size="compact-sm" onClick={() => setShowsReleased(!showsReleased)}>
          {showsReleased ? words.hideReleased : words.showReleased(count(over))}
        </Button>
      ) : null}
      {isPlacing ? (
        <PlaceHoldDialog onClose={() => setPlacing(false)} onDone={finish(() => setPlacing(false))} />
      ) : null}
      {released ? (
        <ReleaseDialog hold={released} onClose={() => setReleased(null)} onDone={finish(() => setReleased(null))} />
      ) : null}
    </section>
  );
}

type TableProps = { holds: readonly Hold[]; whyNot: string | null; onRelease: (hold: Hold) => void };

function HoldTable({ holds, whyNot, onRelease }: TableProps) {
  const { zone } = usePreferences();
  const who = (person: Hold["placedBy"]) => (person === null ? words.gone : words.by(person.name));
  return (
    <table className={classes.table} aria-label={words.table}>
      <thead>
        <tr>
          <th scope="col">{words.name}</th>
          <th scope="col">{words.on}</th>
          <th scope="col" data-figures>
            {words.count}
          </th>
          <th scope="col">{words.placed}</th>
          <th scope="col">{words.state}</th>
        </tr>
      </thead>
      <tbody>
        {holds.map((hold) => (
          <tr key={hold.id}>
            <th scope="row">
              <Foreign text={hold.name} />
              <p className={classes.sub}>
                <Foreign text={hold.reason} />
              </p>
            </th>
            <td data-label={words.on}>
              <Foreign text={scopeWords(hold.scope, zone)} />
            </td>
            <td data-label={words.count} data-figures>
              {hold.count !== null ? counted(hold.count, hold.isMore) : hold.releasedAt ? "" : words.notCounted}
            </td>
            <td data-label={words.placed}>
              {dateTime(hold.placedAt, zone)}
              <p className={classes.sub}>
                <Foreign text={who(hold.placedBy)} />
              </p>
            </td>
            <td data-label={words.state}>
              {hold.releasedAt === null ? (
                <>
                  {words.inForce}{" "}
                  <ReasonedButton
                    variant="default"
                    size="compact-sm"
                    aria-label={words.releaseName(hold.name)}
                    reason={whyNot}
                    onClick={() => onRelease(hold)}
                  >
                    {words.release}
                  </ReasonedButton>
                </>
              ) : (
                <>
                  {words.released(dateTime(hold.releasedAt, zone))}
                  <p className={classes.sub}>
                    <Foreign text={`${who(hold.releasedBy)}: ${hold.releaseReason ?? ""}`} />
                  </p>
                </>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

type ReleaseProps = { hold: Hold; onClose: () => void; onDone: (receipt: Receipt) => void };

function ReleaseDialog({ hold, onClose, onDone }: ReleaseProps) {
  const trpc = useTRPC();
  const release = useMutation(trpc.retention.releaseHold.mutationOptions({ onSuccess: onDone }));
  const events = hold.count === null ? null : counted(hold.count, hold.isMore);
  return (
    <ActDialog
      title={words.releaseTitle(hold.name)}
      effect={events === null ? words.releaseUncounted : words.releaseEffect(events)}
      verb={words.release}
      needsReason
      error={release.error}
      isWorking={release.isPending}
      onClose={onClose}
      onAct={(reason) => release.mutate({ holdId: hold.id, version: hold.version, reason })}
    />
  );
}
