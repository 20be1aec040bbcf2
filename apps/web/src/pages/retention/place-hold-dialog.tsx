import { addDays } from "@countersign/audit/calendar";
import { objectTypes } from "@countersign/audit/catalogue";
import { startOfDayMs } from "@countersign/audit/retention";
import { NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Receipt, useTRPC } from "../../api.ts";
import { ActDialog } from "../../components/act-dialog.tsx";
import { count } from "../../format.ts";
import { queryOfAddress } from "./address-query.ts";
import classes from "./retention.module.css";
import { retentionTexts } from "./retention-texts.ts";

const words = retentionTexts.place;

type Kind = keyof typeof words.kinds;
const kinds = Object.keys(words.kinds) as Kind[];
const types = ["permit", "document", "user", "role", "api_key", "system_config", "report", "backup"] as const;

const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));

/** The span from the first day to the end of the last, as the office counts days; null while it is none. */
const spanOf = (from: string, to: string, zone: string): { from: string; to: string } | null => {
  if (!isDay(from) || !isDay(to) || to < from) return null;
  const [first, end] = [startOfDayMs(zone, from), startOfDayMs(zone, addDays(to, 1))];
  return { from: new Date(first).toISOString(), to: new Date(end).toISOString() };
};

type Filled = { type: string; id: string; actorId: string; address: string; from: string; to: string };

/** What the hold would be on; null while that is not filled in. */
const scopeOf = (kind: Kind, { type, id, actorId, address, from, to }: Filled, zone: string) => {
  if (kind === "object") return id.trim() === "" ? null : ({ kind, type, id: id.trim() } as const);
  if (kind === "actor") return actorId.trim() === "" ? null : ({ kind, type: "user", id: actorId.trim() } as const);
  if (kind === "query") {
    const query = queryOfAddress(address);
    return query === null ? null : ({ kind, query } as const);
  }
  const span = spanOf(from, to, zone);
  return span === null ? null : ({ kind, ...span } as const);
};

type Props = { onClose: () => void; onDone: (receipt: Receipt) => void };

/** Takes what a hold is on and says how many events that is before it is placed. */
export function PlaceHoldDialog({ onClose, onDone }: Props) {
  const trpc = useTRPC();
  const [name, setName] = useState("");
  const [kind, setKind] = useState<Kind>("object");
  const [filled, setFilled] = useState<Filled>({ type: "permit", id: "", actorId: "", address: "", from: "", to: "" });
  const [isTried, setTried] = useState(false);
  const place = useMutation(trpc.retention.placeHold.mutationOptions({ onSuccess: onDone }));
  const { zone = "UTC" } = useQuery({ ...trpc.retention.status.queryOptions(), staleTime: 60_000 }).data ?? {};
  const scope = scopeOf(kind, filled, zone);
  const set = (member: keyof Filled) => (event: { currentTarget: { value: string } }) =>
    setFilled({ ...filled, [member]: event.currentTarget.value });
  const lacks = (problem: string) => (isTried && scope === null ? problem : null);
  return (
    <ActDialog
      title={words.title}
      effect={words.effect}
      verb={words.verb}
      needsReason
      error={place.error}
      isWorking={place.isPending}
      isReady={() => {
        setTried(true);
        return scope !== null && name.trim() !== "";
      }}
      onClose={onClose}
      onAct={(reason) => scope && place.mutate({ name: name.trim(), scope, reason })}
    >
      <TextInput
        label={words.name}
        description={words.nameHint}
        withAsterisk
        required
        maxLength={120}
        autoComplete="off"
        data-autofocus
        value={name}
        error={isTried && name.trim() === "" ? words.nameNeeded : null}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <NativeSelect
        label={words.kind}
        data={kinds.map((value) => ({ value, label: words.kinds[value] }))}
        value={kind}
        onChange={(event) => setKind(event.currentTarget.value as Kind)}
      />
      {kind === "object" ? (
        <>
          <NativeSelect
            label={words.objectType}
            data={types.map((value) => ({ value, label: objectTypes[value] }))}
            value={filled.type}
            onChange={set("type")}
          />
          <TextInput
            label={words.objectId}
            description={words.objectIdHint}
            withAsterisk
            required
            maxLength={256}
            autoComplete="off"
            value={filled.id}
            error={lacks(words.idNeeded)}
            onChange={set("id")}
          />
        </>
      ) : null}
      {kind === "actor" ? (
        <TextInput
          label={words.actorId}
          description={words.actorIdHint}
          withAsterisk
          required
          maxLength={256}
          autoComplete="off"
          value={filled.actorId}
          error={lacks(words.idNeeded)}
          onChange={set("actorId")}
        />
      ) : null}
      {kind === "query" ? (
        <Textarea
          label={words.query}
          description={words.queryHint}
          withAsterisk
          required
          autosize
          minRows={2}
          maxRows={5}
          spellCheck={false}
          value={filled.address}
          error={lacks(words.queryWrong)}
          onChange={set("address")}
        />
      ) : null}
      {kind === "time" ? (
        <div className={classes.span}>
          <p className={classes.muted}>{words.zone(zone)}</p>
          <TextInput label={words.from} type="date" withAsterisk required value={filled.from} onChange={set("from")} />
          <TextInput
            label={words.to}
            type="date"
            withAsterisk
            required
            value={filled.to}
            error={lacks(words.spanNeeded)}
            onChange={set("to")}
          />
        </div>
      ) : null}
      <ScopeCount scope={scope} />
    </ActDialog>
  );
}

/** On how many events it is, counted as soon as it is filled in. */
function ScopeCount({ scope }: { scope: ReturnType<typeof scopeOf> }) {
  const trpc = useTRPC();
  const read = useQuery({
    ...trpc.retention.countScope.queryOptions({ scope: scope ?? { kind: "object", type: "permit", id: "-" } }),
    enabled: scope !== null,
    staleTime: 5000,
    retry: false,
  });
  const found = scope === null ? undefined : read.data;
  return (
    <p className={classes.muted} role="status">
      {scope !== null && read.isFetching && found === undefined ? words.counting : null}
      {scope !== null && read.isError ? words.uncounted : null}
      {found === undefined ? null : inWords(found)}
    </p>
  );
}

const inWords = ({ count: events, isMore }: { count: number | null; isMore: boolean }): string => {
  if (events === null) return words.uncounted;
  if (isMore) return words.foundMore(count(events));
  return events === 0 ? words.foundNone : words.found(count(events));
};
