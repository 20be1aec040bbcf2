import { Link } from "@tanstack/react-router";
import type { inferOutput } from "@trpc/tanstack-react-query";
import type { Api } from "../../api.ts";
import table from "../../components/data-table.module.css";
import type { DataColumn } from "../../components/data-table.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { ReasonedButton } from "../../components/reasoned-button.tsx";
import { count, dateTime, type Zone } from "../../format.ts";
import { type ArchiveReport, readReport } from "./archive-report.ts";
import classes from "./erasure.module.css";
import { erasureTexts } from "./erasure-texts.ts";

export type Archive = inferOutput<Api["archives"]["list"]>["items"][number] & { id: string };
type Act = "verify" | "load" | "unload";

const words = erasureTexts.archives;
const heads = words.columns;
/** "Reads 2024-05". */
export const nameOf = ({ policy, month }: Archive): string => `${words.policies[policy] ?? policy} ${month}`;

type Deps = {
  zone: Zone;
  whyNot: Record<Act, string | null>;
  onAct: (act: Act, archive: Archive) => void;
};

/** What the list tells of an archived month. */
export const archiveColumns = ({ zone, whyNot, onAct }: Deps): readonly DataColumn<Archive>[] => {
  const button = (archive: Archive, act: Act, label: string, of: (what: string) => string) => {
    const isBusy = archive.lastTask !== null && archive.lastTask.endedAt === null;
    return (
      <ReasonedButton
        variant="default"
        size="xs"
        reason={whyNot[act] ?? (isBusy ? words.underWay : null)}
        aria-label={of(nameOf(archive))}
        onClick={() => onAct(act, archive)}
      >
        {label}
      </ReasonedButton>
    );
  };
  return [
    {
      id: "month",
      head: heads.month,
      cell: (archive) => (
        <>
          <Link to="/log" search={{ event: archive.eventId }}>
            <Foreign text={nameOf(archive)} />
          </Link>
          {archive.loaded === null ? null : (
            <div className={classes.sub}>{words.loaded(count(archive.loaded.rows))}</div>
          )}
        </>
      ),
    },
    { id: "count", head: heads.count, look: "figures", cell: (archive) => count(archive.count) },
    {
      id: "removed",
      head: heads.removed,
      look: "figures",
      cell: ({ removedAt }) =>
        removedAt === null ? (
          <span className={table.muted}>{words.notYet}</span>
        ) : (
          <time dateTime={removedAt}>{dateTime(removedAt, zone)}</time>
        ),
    },
    { id: "last", head: heads.last, onCard: "bare", cell: (archive) => <Last archive={archive} zone={zone} /> },
    {
      id: "acts",
      head: heads.acts,
      onCard: "last",
      cell: (archive) => (
        <div className={classes.acts}>
          {button(archive, "verify", words.verify, words.verifyOf)}
          {archive.loaded === null
            ? button(archive, "load", words.load, words.loadOf)
            : button(archive, "unload", words.unload, words.unloadOf)}
        </div>
      ),
    },
  ];
};

/** What was last done with it, and how that ended. */
function Last({ archive: { lastTask }, zone }: { archive: Archive; zone: Zone }) {
  if (lastTask === null) return <span className={table.muted}>{words.none}</span>;
  if (lastTask.endedAt === null) return <span className={classes.state}>{words.asked[lastTask.kind]}</span>;
  const report = readReport(lastTask.report);
  return (
    <span className={classes.state}>
      {lastTask.ok ? <Ended report={report} /> : <Failed report={report} />}{" "}
      <span className={classes.sub}>{words.when(dateTime(lastTask.endedAt, zone))}</span>
    </span>
  );
}

function Ended({ report: { unloaded, leaves, erased } }: { report: ArchiveReport }) {
  if (unloaded !== null) return words.unloaded(count(unloaded));
  return (
    <>
      {words.intact(count(leaves ?? 0))}
      {erased > 0 ? <span className={classes.sub}>, {words.erased(count(erased))}</span> : null}
    </>
  );
}

function Failed({ report: { error, findings } }: { report: ArchiveReport }) {
  const [first] = findings;
  return (
    <>
      <span className={classes.bad}>{error === null ? words.notIntact : <Foreign text={error} />}</span>
      {first ? (
        <span className={classes.sub}>
          {" "}
          {words.finding(first.code, first.index === null ? "" : words.place(count(first.index)))}
        </span>
      ) : null}
    </>
  );
}
