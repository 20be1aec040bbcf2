import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { MapPin } from "lucide-react";
import { useMemo } from "react";
import { useTRPC } from "../../api.ts";
import table from "../../components/data-table.module.css";
import { type DataColumn, DataTable } from "../../components/data-table.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { StatusMark } from "../../events/status-mark.tsx";
import { count, dateTime, type Zone } from "../../format.ts";
import { usePreferences } from "../../preferences.ts";
import { texts } from "../../texts.ts";
import { deviceWords } from "../log/device-words.ts";
import { activityTexts } from "./activity-texts.ts";
import { type Lane, laneCodes, newAddresses, signInLanes } from "./sign-in-lanes.ts";
import classes from "./user.module.css";

const words = activityTexts.signIns;
const most = 200;

/** Sessions of a user as lanes, with the attempts that failed. */
export function SignIns({ userId }: { userId: number }) {
  const trpc = useTRPC();
  const { zone } = usePreferences();
  const query = useQuery({
    ...trpc.audit.list.queryOptions({
      objectType: "user",
      objectId: String(userId),
      codes: [...laneCodes],
      limit: most,
    }),
    staleTime: 10_000,
  });
  const lanes = useMemo(() => signInLanes(query.data?.entries ?? []), [query.data]);
  const firsts = useQuery({ ...trpc.audit.userAddresses.queryOptions({ userId }), staleTime: 10_000 });
  const fresh = useMemo(() => newAddresses(firsts.data?.items ?? []), [firsts.data]);
  const columns = useMemo(() => laneColumns(zone, spanOf(lanes), fresh), [zone, lanes, fresh]);
  const failed = query.isError ? (
    <FailureNote error={query.error} holds={texts.failure.holds} onRetry={() => void query.refetch()} />
  ) : null;
  if (failed && !query.data) return failed;
  if (query.data && lanes.length === 0) {
    return <p className={classes.panel}>{activityTexts.none["sign-ins"]}</p>;
  }
  return (
    <>
      {failed}
      <p className={classes.muted}>
        {query.data?.nextCursor ? words.basisNewest(most) : words.basis}
        {firsts.isError ? ` ${words.addressesUnread}` : null}
      </p>
      <DataTable label={words.table} columns={columns} rows={query.isPending ? undefined : lanes} />
      {query.data ? <p className={table.count}>{words.shown(count(lanes.length))}</p> : null}
    </>
  );
}

type Span = { from: number; to: number };

const spanOf = (lanes: readonly Lane[]): Span => {
  const times = lanes.flatMap(({ from, to }) => [from, to ?? from]).map((at) => Date.parse(at));
  return { from: Math.min(...times), to: Math.max(...times, Math.min(...times) + 1) };
};

const laneColumns = (zone: Zone, span: Span, fresh: ReadonlySet<string>): readonly DataColumn<Lane>[] => [
  {
    id: "from",
    head: words.columns.from,
    look: "figures",
    cell: ({ id, from }) => (
      <Link to="/log" search={{ event: id }} className={table.name} preload={false}>
        <time dateTime={from}>{dateTime(from, zone)}</time>
      </Link>
    ),
  },
  { id: "to", head: words.columns.to, look: "figures", cell: (lane) => <End lane={lane} zone={zone} /> },
  { id: "bar", head: words.columns.bar, onCard: "none", cell: (lane) => <Bar lane={lane} span={span} /> },
  {
    id: "address",
    head: words.columns.address,
    look: "figures",
    cell: ({ id, ip }) => (
      <>
        {ip ?? <span className={table.muted}>{words.unknownAddress}</span>}
        {fresh.has(id) ? (
          <span className={classes.flag}>
            <MapPin size={12} aria-hidden />
            {words.newAddress}
          </span>
        ) : null}
      </>
    ),
  },
  {
    id: "device",
    head: words.columns.device,
    look: "wide",
    cell: ({ userAgent }) =>
      userAgent === null ? (
        <span className={table.muted}>{words.unknownDevice}</span>
      ) : (
        <Foreign text={deviceWords(userAgent) ?? userAgent} />
      ),
  },
];

function End({ lane: { kind, to, how, again }, zone }: { lane: Lane; zone: Zone }) {
  if (kind !== "session") return <StatusMark status={kind} />;
  return (
    <>
      {to === null ? null : (
        <>
          <time dateTime={to}>{dateTime(to, zone)}</time>,{" "}
        </>
      )}
      <span className={table.muted}>{words.how[how]}</span>
      {again > 0 ? <div className={table.muted}>{words.again(again)}</div> : null}
    </>
  );
}

/** Where in the time shown a session lies; the times stand beside it. */
function Bar({ lane, span }: { lane: Lane; span: Span }) {
  const part = (at: string) => ((Date.parse(at) - span.from) / (span.to - span.from)) * 100;
  const start = part(lane.from);
  return (
    <span className={classes.bar} data-kind={lane.kind} aria-hidden>
      <span style={{ insetInlineStart: `${start * 0.98}%`, inlineSize: `${part(lane.to ?? lane.from) - start}%` }} />
    </span>
  );
}
