import { Button, NativeSelect } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type Channel, type Delivery, useTRPC } from "../../api.ts";
import { DataList } from "../../components/data-list.tsx";
import table from "../../components/data-table.module.css";
import type { DataColumn } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import filters from "../../components/filters.module.css";
import { Foreign } from "../../components/foreign.tsx";
import { usePageKeys } from "../../components/page-keys.ts";
import { ReasonedButton } from "../../components/reasoned-button.tsx";
import { useWhilePresent } from "../../components/while-present.ts";
import { dateTime, type Zone } from "../../format.ts";
import { markedText } from "../../marks.ts";
import { usePreferences } from "../../preferences.ts";
import { type AlertSearch, deliveryStates, parseAlertSearch } from "./alert-search.ts";
import classes from "./alerts.module.css";
import type { Go, Show } from "./alerts-page.tsx";
import { alertsTexts } from "./alerts-texts.ts";
import { useChannels, useWhyNot } from "./use-alerts.ts";

const words = alertsTexts.deliveries;
const everyMs = 10_000;

/** A channel that failed rests: until then nothing goes through it, whenever the message itself is due. */
const nextTry = ({ channel, nextTryAt }: Delivery, channels: readonly Channel[]): string => {
  const rest = channels.find(({ id }) => id === channel?.id)?.restUntil ?? null;
  return rest !== null && rest > nextTryAt ? rest : nextTryAt;
};

const stateCell = (delivery: Delivery, channels: readonly Channel[]) => {
  const { state, reason, attempts, message } = delivery;
  if (reason === null) {
    if (state !== "due") return words.states[state];
    if (attempts > 0) return words.notTaken;
    return nextTry(delivery, channels) === delivery.nextTryAt ? words.states.due : words.waits;
  }
  const why = reason === "gave_up" && message.kind === "test" ? "test_failed" : reason;
  return <div className={classes.why}>{`${words.states[state]}: ${words.reasons[why] ?? why}`}</div>;
};

const timeOf = (delivery: Delivery, zone: Zone, channels: readonly Channel[]): string => {
  const { state, sentAt, at } = delivery;
  if (state === "sent" && sentAt !== null) return words.sentAt(dateTime(sentAt, zone));
  return state === "due" ? words.next(dateTime(nextTry(delivery, channels), zone)) : dateTime(at, zone);
};

const whyGone = ({ channel }: Delivery, channels: readonly Channel[] | undefined): string | null =>
  channels === undefined || channels.some(({ id }) => id === channel?.id) ? null : words.channelGone;

type ColumnDeps = {
  zone: Zone;
  channels: readonly Channel[] | undefined;
  whyNot: string | null;
  onAgain: (delivery: Delivery) => void;
};

const columnsOf = ({ zone, channels, whyNot, onAgain }: ColumnDeps): readonly DataColumn<Delivery>[] => [
  {
    id: "what",
    head: words.what,
    cell: ({ message, alertId }) => (
      <>
        <span className={classes.wrapped}>
          {words.kinds[message.kind]}
          {alertId === null ? (
            <Foreign text={message.headline} />
          ) : (
            <Link to="/alerts" search={{ alert: alertId }}>
              <Foreign text={message.headline} />
            </Link>
          )}
        </span>
        <div className={classes.under}>
          <Foreign text={message.rule} />
          {message.count > 0 ? ` · ${words.events(message.count)}` : null}
        </div>
        {message.held?.length ? <Held message={message} zone={zone} /> : null}
      </>
    ),
  },
  {
    id: "channel",
    head: words.channel,
    cell: ({ channel }) =>
      channel === null ? <span className={table.muted}>{words.noChannel}</span> : <Foreign text={channel.name} />,
  },
  { id: "state", head: words.state, onCard: "beside", cell: (delivery) => stateCell(delivery, channels ?? []) },
  { id: "tries", head: words.tries, look: "figures", cell: ({ attempts }) => attempts },
  {
    id: "answer",
    head: words.answer,
    cell: ({ answer }) => (answer === null ? <span className={table.muted}>–</span> : <Foreign text={answer} />),
  },
  { id: "when", head: words.when, look: "figures", cell: (delivery) => timeOf(delivery, zone, channels ?? []) },
  {
    id: "acts",
    head: words.acts,
    onCard: "last",
    cell: (delivery) =>
      delivery.channel !== null && (delivery.state === "failed" || delivery.state === "held") ? (
        <ReasonedButton
          size="xs"
          variant="default"
          reason={whyNot ?? whyGone(delivery, channels)}
          aria-label={words.againOf(markedText(delivery.message.headline))}
          onClick={() => onAgain(delivery)}
        >
          {words.again}
        </ReasonedButton>
      ) : null,
  },
];

function Held({ message, zone }: { message: Delivery["message"]; zone: Zone }) {
  return (
    <details className={classes.wrapped}>
      <summary>{words.show}</summary>
      <ul className={classes.plain}>
        {message.held?.map(({ at, rule, headline, reason }) => (
          <li key={`${at} ${headline}`}>
            {dateTime(at, zone)} <Foreign text={`${rule}: ${headline}`} /> ({words.reasons[reason] ?? reason})
          </li>
        ))}
      </ul>
    </details>
  );
}

type Props = { search: AlertSearch; go: Go; show: Show };

/** Each message through each channel: when it was tried, what came of it, and what was held back and why. */
export function DeliveriesPanel({ search, go, show }: Props) {
  const trpc = useTRPC();
  const channels = useChannels();
  useWhilePresent(everyMs, !channels.isError, channels.refetch);
  const whyNot = useWhyNot();
  const { zone } = usePreferences();
  const { state, channel } = search;
  const query = useInfiniteQuery(
    trpc.alerts.deliveries.infiniteQueryOptions(
      { limit: 50, ...(state && { state }), ...(channel !== undefined && { channelId: channel }) },
      { getNextPageParam: (page) => page.nextCursor ?? undefined, placeholderData: keepPreviousData },
    ),
  );
  useWhilePresent(everyMs, !query.isError, query.refetch);
  usePageKeys({ r: () => void query.refetch() });
  const again = useMutation(
    trpc.alerts.sendAgain.mutationOptions({ onSuccess: (done) => show(done, words.againDone) }),
  );
  const rows = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const set = (change: Record<string, unknown>) => go(parseAlertSearch({ ...search, ...change }));
  const any = { value: "", label: words.any };
  const isFiltered = state !== undefined || channel !== undefined;
  return (
    <>
      <search className={filters.filters} aria-label={words.searchLabel}>
        <NativeSelect
          label={words.state}
          data={[any, ...deliveryStates.map((value) => ({ value, label: words.states[value] }))]}
          value={state ?? ""}
          onChange={(event) => set({ state: event.currentTarget.value })}
        />
        <NativeSelect
          label={words.channel}
          data={[
            any,
            ...(channels.data?.items ?? []).map(({ id, name }) => ({ value: String(id), label: markedText(name) })),
          ]}
          value={String(channel ?? "")}
          onChange={(event) => set({ channel: event.currentTarget.value })}
        />
      </search>
      {again.error ? <FailureNote error={again.error} /> : null}
      <DataList
        query={query}
        queryKey={trpc.alerts.deliveries.pathKey()}
        rows={rows}
        columns={columnsOf({
          zone,
          channels: channels.data?.items,
          whyNot,
          onAgain: ({ id }) => again.mutate({ deliveryId: id }),
        })}
        words={words}
        empty={
          isFiltered ? (
            <EmptyState
              title={words.filteredTitle}
              actions={
                <Button variant="default" onClick={() => go({ tab: "deliveries" })}>
                  {words.clear}
                </Button>
              }
            >
              {words.filtered}
            </EmptyState>
          ) : (
            <EmptyState title={words.emptyTitle}>{words.empty}</EmptyState>
          )
        }
      />
    </>
  );
}
