import { begins } from "@countersign/audit/object-life";
import { ActionIcon, CloseButton, Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ChevronDown, ChevronUp } from "lucide-react";
import { type CSSProperties, type ReactNode, Suspense, useState } from "react";
import { failureOf, type LogEntry, useTRPC } from "../../api.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { useCopying } from "../../components/copying.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { LateByHand } from "../../components/late-by-hand.tsx";
import { latePart } from "../../components/late-part.ts";
import { usePageKeys } from "../../components/page-keys.ts";
import states from "../../components/states.module.css";
import { ChangedFields } from "../../events/changed-fields.tsx";
import { Sentence } from "../../events/sentence.tsx";
import { SeverityMark } from "../../events/severity-mark.tsx";
import { StatusMark } from "../../events/status-mark.tsx";
import { dateTime, type Zone, zoneName } from "../../format.ts";
import { texts } from "../../texts.ts";
import type { DrawerFilter } from "./drawer-filter.ts";
import { ErasedUnder } from "./drawer-gone.tsx";
import { narrowest, useDrawerSize, widest } from "./drawer-size.ts";
import { drawerTexts } from "./drawer-texts.ts";
import { useEventActions } from "./event-actions.ts";
import classes from "./event-drawer.module.css";
import type { LogSearch } from "./log-search.ts";
import { valueSpot } from "./row-menu.tsx";
import { ValueMenu } from "./value-menu.tsx";

const NotLoaded = () => (
  <p role="alert" className={states.off}>
    {texts.failure.partMissing}
  </p>
);

// What a tab needs is loaded when it is opened first.
const DrawerContext = latePart(() => import("./drawer-context.tsx").then((part) => part.DrawerContext), NotLoaded);
const DrawerTimeline = latePart(() => import("./drawer-timeline.tsx").then((part) => part.DrawerTimeline), NotLoaded);
const DrawerProof = latePart(() => import("./drawer-proof.tsx").then((part) => part.DrawerProof), NotLoaded);
const DrawerRaw = latePart(() => import("./drawer-raw.tsx").then((part) => part.DrawerRaw), NotLoaded);

const tabs = ["changes", "context", "timeline", "proof", "raw"] as const;
type Tab = (typeof tabs)[number];

type Props = {
  id: string;
  /** The event as the list holds it, when it does. */
  known: LogEntry | undefined;
  zone: Zone;
  base: LogSearch;
  filter: DrawerFilter;
  onClose: () => void;
  onStep: (by: 1 | -1) => void;
  onOpen: (id: string) => void;
};

/** One event in full, beside the list. */
export function EventDrawer({ id, known: listed, zone, base, filter, onClose, onStep, onOpen }: Props) {
  const [chosen, setTab] = useState<Tab | null>(null);
  const [shown, setShown] = useState<LogEntry | null>(null);
  const { px, handle } = useDrawerSize();
  const trpc = useTRPC();
  const known = listed ?? (shown?.id === id ? shown : undefined);
  const read = useQuery({
    ...trpc.audit.get.queryOptions({ id }),
    // Under which erasure the details went, only the event alone tells.
    enabled: known === undefined || known.erased || chosen === "raw",
    // An event is kept before it is stored: right after an act the log may need a moment.
    retry: (failures, error) => failures < 6 && isFresh(id) && failureOf(error).reason === "not_found",
    retryDelay: 400,
  });
  const entry = known ?? read.data?.entry;
  const tab = chosen ?? (entry === undefined || tellsChanges(entry) ? "changes" : "context");
  const move = (by: 1 | -1) => setTab(tabs[Math.min(Math.max(tabs.indexOf(tab) + by, 0), tabs.length - 1)] ?? tab);
  const open = (next: LogEntry) => {
    setShown(next);
    onOpen(next.id);
  };
  usePageKeys({ "[": () => move(-1), "]": () => move(1) });
  const link = `${window.location.origin}/log?event=${id}`;
  const { copy, failed, giveUp } = useCopying();
  useEventActions(entry, { copyLink: () => copy(link), filter, onProof: () => setTab("proof") });

  return (
    <aside
      className={classes.drawer}
      data-print="no"
      aria-label={texts.log.drawer.label}
      style={{ "--drawer-size": `${px}px` } as CSSProperties}
    >
      {failed === null ? null : <LateByHand value={failed} label={texts.log.drawer.copyLink} onClose={giveUp} />}
      {/* biome-ignore lint/a11y/useSemanticElements: a rule that is moved is a control, which hr is not */}
      <div
        className={classes.handle}
        role="separator"
        aria-orientation="vertical"
        aria-label={texts.log.drawer.resize}
        aria-valuemin={narrowest}
        aria-valuemax={widest}
        aria-valuenow={px}
        tabIndex={0}
        {...handle}
      />
      <div className={classes.tools}>
        <ActionIcon variant="subtle" color="gray" aria-label={texts.log.drawer.previous} onClick={() => onStep(-1)}>
          <ChevronUp size={18} aria-hidden />
        </ActionIcon>
        <ActionIcon variant="subtle" color="gray" aria-label={texts.log.drawer.next} onClick={() => onStep(1)}>
          <ChevronDown size={18} aria-hidden />
        </ActionIcon>
        <span className={classes.grow} />
        <CopyButton value={link} label={texts.log.drawer.copyLink} done={texts.log.drawer.copiedLink} />
        <CloseButton aria-label={texts.log.drawer.close} onClick={onClose} />
      </div>
      {entry ? (
        <>
          <div className={classes.head}>
            <div className={classes.marks}>
              <span {...valueSpot("severity", entry.severity)}>
                <SeverityMark severity={entry.severity} />
              </span>
              {entry.status === "success" ? null : (
                <span {...valueSpot("status", entry.status)}>
                  <StatusMark status={entry.status} />
                </span>
              )}
              <span className={classes.type} {...valueSpot("code", entry.code)}>
                {entry.name}
              </span>
            </div>
            <h2 className={classes.sentence}>
              <Sentence entry={entry} zone={zone} base={base} names="history" />
            </h2>
            <Times iso={entry.receivedAt} zone={zone} />
            {entry.policy === "restored" ? <p className={classes.times}>{drawerTexts.restored}</p> : null}
          </div>
          <Tabs
            value={tab}
            onChange={(value) => setTab(tabs.find((name) => name === value) ?? "changes")}
            keepMounted={false}
            className={classes.tabs}
          >
            <Tabs.List>
              <Tabs.Tab value="changes">{texts.log.drawer.changes}</Tabs.Tab>
              <Tabs.Tab value="context">{texts.log.drawer.context}</Tabs.Tab>
              <Tabs.Tab value="timeline">{texts.log.drawer.timeline}</Tabs.Tab>
              <Tabs.Tab value="proof">{texts.log.drawer.proof}</Tabs.Tab>
              <Tabs.Tab value="raw">{texts.log.drawer.raw}</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="changes" className={classes.panel}>
              {entry.changes && Object.keys(entry.changes).length > 0 ? (
                <ChangedFields
                  changes={entry.changes}
                  zone={zone}
                  isFirst={begins(entry.code)}
                  menu={(name, copy) => <ValueMenu name={name} copy={copy} filter={filter} />}
                />
              ) : entry.erased ? (
                <ErasedUnder erasure={read.data?.erasure} zone={zone} />
              ) : (
                <p className={classes.none}>{texts.log.drawer.noChanges}</p>
              )}
              <Said entry={entry} filter={filter} />
            </Tabs.Panel>
            <LazyPanel value="context">
              <DrawerContext entry={entry} zone={zone} filter={filter} onOpen={open} />
            </LazyPanel>
            <LazyPanel value="timeline">
              <DrawerTimeline entry={entry} zone={zone} base={base} onOpen={open} />
            </LazyPanel>
            <LazyPanel value="proof">
              <DrawerProof key={entry.id} entry={entry} />
            </LazyPanel>
            <LazyPanel value="raw">
              <DrawerRaw entry={read.data?.entry} error={read.error} onRetry={() => void read.refetch()} />
            </LazyPanel>
          </Tabs>
        </>
      ) : (
        <Missing error={read.error} isSettling={read.failureCount > 0} onRetry={() => void read.refetch()} />
      )}
    </aside>
  );
}

function LazyPanel({ value, children }: { value: Tab; children: ReactNode }) {
  return (
    <Tabs.Panel value={value} className={classes.panel}>
      <Suspense fallback={<p className={classes.none}>{texts.log.loading}</p>}>{children}</Suspense>
    </Tabs.Panel>
  );
}

/** Whether the first tab has something to say. */
const tellsChanges = ({ changes, notes, errorMessage, erased }: LogEntry) =>
  erased || Object.keys(changes ?? {}).length > 0 || notes !== null || errorMessage !== null;

/** Whether an event id (UUIDv7, milliseconds first) is less than a minute old. */
const isFresh = (id: string) => Date.now() - Number.parseInt(id.replace("-", "").slice(0, 12), 16) < 60_000;

/** The time as shown in the list, and the same in the other zone. */
function Times({ iso, zone }: { iso: string; zone: Zone }) {
  const other: Zone = zone === "utc" ? "local" : "utc";
  return (
    <p className={classes.times}>
      <time dateTime={iso}>{dateTime(iso, zone)}</time> {zoneName(zone)}
      {zoneName("local") === "UTC" ? null : ` · ${dateTime(iso, other)} ${zoneName(other)}`}
    </p>
  );
}

/** The message of a failure and the note of the one who acted. */
function Said({ entry, filter }: { entry: LogEntry; filter: DrawerFilter }) {
  const rows = [
    [texts.log.drawer.message, entry.errorMessage],
    [texts.log.drawer.note, entry.notes],
  ] as const;
  return rows.map(([label, text]) =>
    text ? (
      <section key={label} className={classes.said}>
        <h3>{label}</h3>
        <p data-fact className={classes.saidText}>
          <Foreign text={text} />
          <ValueMenu name={label} copy={text} offer={{ field: "text", value: text }} filter={filter} />
        </p>
      </section>
    ) : null,
  );
}

type MissingProps = { error: unknown; isSettling: boolean; onRetry: () => void };

function Missing({ error, isSettling, onRetry }: MissingProps) {
  if (!error) return <p className={classes.none}>{isSettling ? texts.log.drawer.settling : texts.log.loading}</p>;
  if (failureOf(error).reason === "not_found") {
    return <EmptyState title={texts.log.drawer.missingTitle}>{texts.log.drawer.missing}</EmptyState>;
  }
  return <FailureNote error={error} onRetry={onRetry} />;
}
