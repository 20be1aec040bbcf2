import { Button } from "@mantine/core";
import { getRouteApi, Link, useLocation } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { type Receipt, useTRPC } from "../../api.ts";
import { AfterDelay } from "../../components/after-delay.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { useKeepPlace } from "../../components/keep-place.ts";
import { Page } from "../../components/page.tsx";
import { usePageKeys } from "../../components/page-keys.ts";
import { SlowNote } from "../../components/query-body.tsx";
import { ReceiptNote } from "../../components/receipt-note.tsx";
import states from "../../components/states.module.css";
import { useMay } from "../../me.ts";
import { texts } from "../../texts.ts";
import classes from "./approvals.module.css";
import { type Box, boxes } from "./approvals-search.ts";
import { approvalsTexts as words } from "./approvals-texts.ts";
import { ArrivedNote } from "./arrived-note.tsx";
import { type Act, DecisionDialog } from "./decision-dialogs.tsx";
import { cardId, RequestCard } from "./request-card.tsx";
import { type ShownRequest, useRequests } from "./requests.ts";

const route = getRouteApi("/app/approvals");

/** Acts that wait for a second person. What one asked for oneself needs no right; the rest takes approvals.read. */
export function ApprovalsPage() {
  const mayRead = useMay("approvals.read");
  const { box = mayRead ? "forMe" : "mine" } = route.useSearch();
  const shown = mayRead ? boxes : (["mine"] as const);
  return (
    <Page title={words.title}>
      <nav className={classes.boxes} aria-label={words.boxesLabel}>
        {shown.map((name) => (
          <Link
            key={name}
            to="/approvals"
            search={{ box: name }}
            className={classes.box}
            aria-current={name === box ? "page" : undefined}
          >
            {words.boxes[name]}
          </Link>
        ))}
      </nav>
      <Requests key={box} box={mayRead ? box : "mine"} />
    </Page>
  );
}

type Done = { done: Receipt; sentence: string };

function Requests({ box }: { box: Box }) {
  const trpc = useTRPC();
  const { query, items } = useRequests(box);
  const mayDecide = useMay("approvals.decide");
  const hash = useLocation({ select: (location) => location.hash });
  const [active, setActive] = useState<number | null>(null);
  const [open, setOpen] = useState<{ act: Act; request: ShownRequest } | null>(null);
  const [done, setDone] = useState<Done | null>(null);
  const isThere = query.isSuccess;
  const note = useRef<HTMLDivElement>(null);
  useKeepPlace(items, active, cardId, note);

  useEffect(() => {
    if (isThere && hash !== "") document.getElementById(hash)?.focus();
  }, [hash, isThere]);

  const step = (by: 1 | -1) => {
    const at = items.findIndex(({ id }) => id === active);
    const next = items[at < 0 ? 0 : Math.min(Math.max(at + by, 0), items.length - 1)];
    if (next) document.getElementById(cardId(next.id))?.focus();
  };
  const current = items.find(({ id }) => id === active);
  const ask = (act: Act) => {
    // The button itself says why it is off; a key must not get past it.
    const button = document.querySelector(`#${cardId(active ?? 0)} [data-act="${act}"] button`);
    if (current && button?.getAttribute("aria-disabled") !== "true") setOpen({ act, request: current });
  };
  usePageKeys({
    j: () => step(1),
    k: () => step(-1),
    ...(box === "forMe" && { a: () => ask("approve"), r: () => ask("refuse") }),
  });

  const [title, text] = words.empty[box];
  return (
    <>
      {done ? (
        <div ref={note} tabIndex={-1} className={classes.note}>
          <ReceiptNote done={done.done} sentence={done.sentence} onDismiss={() => setDone(null)} />
        </div>
      ) : null}
      {query.isError && !query.data ? (
        <FailureNote
          title={texts.failure.title}
          error={query.error}
          holds={texts.failure.holds}
          onRetry={() => void query.refetch()}
        />
      ) : null}
      {query.isPending ? (
        <>
          {query.fetchStatus === "idle" ? null : <Loading />}
          <SlowNote query={query} queryKey={trpc.approvals.pathKey()} />
        </>
      ) : null}
      {box === "forMe" && isThere && !query.hasNextPage ? (
        <ArrivedNote shown={items.length} isReading={query.isFetching} onRead={() => void query.refetch()} />
      ) : null}
      {isThere && items.length === 0 ? (
        <EmptyState title={title}>{box === "forMe" && !mayDecide ? words.noRight : text}</EmptyState>
      ) : null}
      {items.length > 0 ? (
        <>
          {box === "forMe" ? <p className={classes.keys}>{words.keys}</p> : null}
          <ul className={classes.list} aria-label={words.list[box]}>
            {items.map((request) => (
              <RequestCard
                key={request.id}
                request={request}
                isOwn={box === "mine"}
                isActive={request.id === active}
                onFocus={() => setActive(request.id)}
                onAct={(act) => setOpen({ act, request })}
              />
            ))}
          </ul>
        </>
      ) : null}
      {query.hasNextPage ? (
        <Button variant="default" onClick={() => void query.fetchNextPage()}>
          {query.isFetchingNextPage ? words.loading : words.more}
        </Button>
      ) : null}
      {open ? (
        <DecisionDialog
          act={open.act}
          request={open.request}
          onClose={() => setOpen(null)}
          onDone={(receipt, sentence) => {
            setOpen(null);
            setDone({ done: receipt, sentence });
          }}
        />
      ) : null}
    </>
  );
}

function Loading() {
  return (
    <AfterDelay ms={150}>
      <div className={classes.list} role="status" aria-busy aria-label={words.loading}>
        {[0, 1].map((card) => (
          <div key={card} className={classes.card}>
            {[46, 30, 70, 62, 66].map((width) => (
              <div key={width} className={classes.loadingLine}>
                <div className={states.skeleton} style={{ inlineSize: `${width}%` }} />
              </div>
            ))}
          </div>
        ))}
      </div>
    </AfterDelay>
  );
}
