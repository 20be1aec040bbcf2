import { getRouteApi, lazyRouteComponent } from "@tanstack/react-router";
import { Suspense, useCallback, useEffect, useRef, useState } from "react";
import { NotPermitted } from "../../components/not-permitted.tsx";
import { Page } from "../../components/page.tsx";
import { usePageKeys } from "../../components/page-keys.ts";
import { useMay } from "../../me.ts";
import { usePreferences } from "../../preferences.ts";
import { useLostAt } from "../../reach.ts";
import { texts } from "../../texts.ts";
import { logFilter } from "./drawer-filter.ts";
import type { ListHandle } from "./event-list.tsx";
import { useEventLog, useReturn } from "./event-log.ts";
import { useFacetsPlace } from "./facets-place.ts";
import { queryWords } from "./filter-words.ts";
import { Freshness } from "./freshness.tsx";
import { LiveButton, toggledLive } from "./live-button.tsx";
import { LiveCounts } from "./live-counts.tsx";
import { isPast } from "./live-input.ts";
import { useLiveLog } from "./live-log.ts";
import { LiveRefusal } from "./live-refusal.tsx";
import { LogLamps } from "./log-lamps.tsx";
import classes from "./log-page.module.css";
import { LogRows } from "./log-rows.tsx";
import { addressOf, type LogSearch, type Range, ranged, without, zonesOf } from "./log-search.ts";
import { useLook } from "./look.ts";
import { LookButton } from "./look-button.tsx";
import { NewerPill } from "./newer-pill.tsx";
import { Notices } from "./notices.tsx";
import { PickedBar, usePicked } from "./picked.tsx";
import { QueryBar } from "./query-bar.tsx";
import { ValueMenus } from "./row-menu.tsx";
import { useSeenNames } from "./seen-names.ts";
import { FirstView } from "./views/first-view.tsx";
import { useSavedViews } from "./views/saved-views.ts";
import { viewWords } from "./views/view-words.ts";
import { ViewsMenu } from "./views/views-menu.tsx";

// The drawer is loaded after the rows, and is there before one of them can be chosen.
const EventDrawer = lazyRouteComponent(() => import("./event-drawer.tsx"), "EventDrawer");

// Counted after the rows, which never wait for it.
const Histogram = lazyRouteComponent(() => import("./histogram.tsx"), "Histogram");
// Counts stand beside the rows once these are there.
const FacetsPanel = lazyRouteComponent(() => import("./facets-panel.tsx"), "FacetsPanel");

const ViewLine = lazyRouteComponent(() => import("./views/view-line.tsx"), "ViewLine");

const route = getRouteApi("/app/log");

export function LogPage() {
  const mayRead = useMay("audit.read");
  if (!mayRead) return <NotPermitted title={texts.log.title} feature="audit.read" />;
  return <FirstView>{(first) => <Log first={first} />}</FirstView>;
}

function Log({ first }: { first: Range }) {
  const address = route.useSearch();
  const search = ranged(address, first);
  const navigate = route.useNavigate();
  const { isHistogramShown, zone: chosenZone } = usePreferences();
  const zones = search.zone ?? chosenZone;
  const { zone, besideZone } = zonesOf(zones);
  const [isAtTop, setAtTop] = useState(true);
  const read = useEventLog(search);
  const picked = usePicked();
  const live = useLiveLog(search, read, isAtTop, picked.entries.size > 0);
  const log = { ...read, entries: live.entries };
  const names = useSeenNames(log.entries);
  const handle = useRef<ListHandle>(null);
  const searchField = useRef<HTMLInputElement>(null);
  const facets = useFacetsPlace(search.event !== undefined);
  const base = without(search, "event", "ignored");

  const change = (next: LogSearch) => void navigate({ search: addressOf(next, first) });
  const views = useSavedViews(address, change);
  const open = useCallback(
    (id: string) =>
      void navigate({ search: (before) => ({ ...before, event: id }), replace: search.event !== undefined }),
    [navigate, search.event],
  );
  const close = () => {
    const id = search.event;
    if (id === undefined) return;
    void navigate({ search: (before) => without(before, "event") });
    handle.current?.focus(id);
  };
  const onEscape = () => (search.event === undefined ? picked.clear() : close());
  const toNewest = () => {
    handle.current?.toTop();
    void log.refresh();
  };
  const isAway = useLostAt() !== null;
  const look = useLook(search);
  const toRange = (from: string, to: string) => change({ ...without(search, "range"), from, to });
  const isReady = log.isSuccess && !log.isPlaceholderData;
  const hasRows = log.entries.length > 0;
  useEffect(() => {
    if (hasRows) void EventDrawer.preload?.();
  }, [hasRows]);
  useReturn(5_000, () => {
    if (!live.isOn) void (isAtTop ? log.refresh() : log.peek());
  });
  usePageKeys({
    j: () => handle.current?.step(1),
    k: () => handle.current?.step(-1),
    r: toNewest,
    l: () => {
      if (search.live !== undefined || !isPast(search, Date.now())) change(toggledLive(search));
    },
    s: () => {
      if (!isAway) return views.isEdited && views.isOwn ? views.save() : views.ask("save");
    },
    u: () => change({ ...search, zone: zones === "utc" ? "local" : "utc" }),
    x: () => {
      const id = document.activeElement?.closest<HTMLElement>("tr[data-event]")?.dataset.event ?? search.event;
      const entry = log.entries.find((one) => one.id === id);
      if (entry) picked.pick(entry);
    },
    Escape: onEscape,
  });

  return (
    <Page
      fill
      title={texts.log.title}
      query={queryWords(base, zone, names.nameOf)}
      zone={zone}
      mark={<LogLamps live={live.told} isLive={live.isOn && live.line.kind === "live"} readAtMs={log.dataUpdatedAt} />}
      actions={
        <>
          <LookButton search={search} look={look} onChange={change} />
          <Freshness
            newest={log.entries[0]}
            zone={zone}
            isFetching={log.isFetching || log.looking.isBusy}
            onRefresh={live.isOn ? null : toNewest}
          />
          <ViewsMenu views={views} />
          <LiveButton live={live} search={search} onChange={change} />
        </>
      }
    >
      <QueryBar
        search={base}
        asked={log.query}
        zone={zone}
        onChange={change}
        names={names}
        facets={facets}
        isReady={isReady}
        fieldRef={searchField}
      />
      <Notices ignored={search.ignored} onDismiss={() => change(without(search, "ignored"))} />
      {views.hasSomethingToSay ? (
        <Suspense>
          <ViewLine views={views} what={viewWords(search, zone, names.nameOf)} />
        </Suspense>
      ) : null}
      <LiveRefusal live={live} onOff={() => change(without(search, "live"))} />
      <ValueMenus
        className={classes.body}
        entries={log.entries}
        search={base}
        names={names}
        picked={picked}
        onChange={change}
      >
        {facets.place === "beside" && log.isPending ? <div className={classes.facets} data-print="no" /> : null}
        {facets.place && !log.isPending ? (
          <Suspense fallback={<div className={classes.facets} />}>
            <FacetsPanel
              place={facets.place}
              search={base}
              asked={log.query}
              isReady={isReady}
              isComing={log.fetchStatus !== "idle"}
              names={names}
              onChange={change}
              onClose={facets.close}
            />
          </Suspense>
        ) : null}
        <div className={classes.main}>
          {hasRows && isHistogramShown ? (
            <Suspense>
              <Histogram query={log.query} zone={zone} onRange={toRange} />
            </Suspense>
          ) : null}
          {live.isOn ? (
            <LiveCounts
              countedAtMs={log.countedAtMs}
              arrived={live.arrived}
              zone={zone}
              onCount={() => log.countAgain()}
            />
          ) : null}
          {live.held.count > 0 || live.held.hasMore ? (
            <NewerPill
              count={Math.max(1, live.held.count)}
              hasMore={live.held.hasMore}
              onClick={() => handle.current?.toTop()}
            />
          ) : log.newer ? (
            <NewerPill count={log.newer.entries.length} hasMore={log.newer.nextCursor !== null} onClick={toNewest} />
          ) : null}
          <LogRows
            log={log}
            search={search}
            base={addressOf(base, first)}
            zone={zone}
            besideZone={besideZone}
            names={names}
            onChange={change}
            onOpen={open}
            picked={picked}
            onTop={setAtTop}
            onGiveUp={() => void navigate({ search: addressOf(log.giveUp(), first), replace: true })}
            look={look}
            handle={handle}
          />
          <PickedBar picked={picked} />
        </div>
        {search.event ? (
          <Suspense>
            <EventDrawer
              id={search.event}
              known={log.entries.find((entry) => entry.id === search.event)}
              zone={zone}
              base={addressOf(base, first)}
              onClose={close}
              filter={logFilter(without(search, "ignored"), change)}
              onStep={(by) => handle.current?.step(by)}
              onOpen={open}
            />
          </Suspense>
        ) : null}
      </ValueMenus>
    </Page>
  );
}
