import { useQuery } from "@tanstack/react-query";
import { Database, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTRPC } from "../../api.ts";
import { AfterDelay } from "../../components/after-delay.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import states from "../../components/states.module.css";
import { isWorthAsking, useWhilePresent } from "../../components/while-present.ts";
import { count } from "../../format.ts";
import { useMay } from "../../me.ts";
import { texts } from "../../texts.ts";
import { span } from "../integrity/integrity-state.ts";
import { Lamps, LightBox } from "../integrity/lamps.tsx";
import type { Light } from "../integrity/seal-lights.ts";
import { ScheduleLight } from "../retention/schedule-light.tsx";
import classes from "./overview.module.css";
import { alone } from "./overview-queries.ts";
import { overviewTexts } from "./overview-texts.ts";

const words = overviewTexts.system;
const everyMs = 30_000;
const lateSeconds = 30;

type State = {
  waitingEvents: number;
  oldestKeptSeconds: number | null;
  queue: "redis" | "postgres";
  lossAccepted: boolean;
};

const queueLight = ({ waitingEvents, oldestKeptSeconds, queue, lossAccepted }: State): Light => {
  const hint = lossAccepted ? `${words.by[queue]} ${words.loss}` : words.by[queue];
  if (waitingEvents === 0) return { tone: lossAccepted ? "open" : "good", Icon: Database, title: words.idle, hint };
  const title = words.waiting(waitingEvents, count(waitingEvents));
  const age = span((oldestKeptSeconds ?? 0) * 1000);
  if ((oldestKeptSeconds ?? 0) >= lateSeconds) {
    return { tone: "bad", Icon: TriangleAlert, title, hint: words.late(age) };
  }
  return { tone: "good", Icon: Database, title, hint: `${words.oldest(age)} ${hint}` };
};

/** How far storing and signing are, read again every half minute while somebody is at the page; reading them is no event. */
export function SystemLamps() {
  const trpc = useTRPC();
  const often = { staleTime: 0, retry: false } as const;
  const system = useQuery({ ...trpc.system.status.queryOptions(undefined, alone), ...often });
  const proof = useQuery({ ...trpc.integrity.status.queryOptions(undefined, alone), ...often });
  const mayReadRetention = useMay("retention.read");
  const retention = useQuery({
    ...trpc.retention.status.queryOptions(undefined, alone),
    ...often,
    enabled: mayReadRetention,
  });
  useWhilePresent(everyMs, isWorthAsking(system), system.refetch);
  useWhilePresent(everyMs, isWorthAsking(proof), proof.refetch);
  useWhilePresent(everyMs, mayReadRetention && isWorthAsking(retention), retention.refetch);
  return (
    <section className={classes.lamps} aria-label={words.title}>
      <Lamp query={system}>{(state) => <LightBox label={words.queue} light={queueLight(state)} />}</Lamp>
      <Lamp query={proof}>
        {(status) => <Lamps status={status} watch={null} readAtMs={proof.dataUpdatedAt} isStale={proof.isError} />}
      </Lamp>
      {mayReadRetention ? <Lamp query={retention}>{(status) => <ScheduleLight status={status} />}</Lamp> : null}
    </section>
  );
}

type LampProps<T> = {
  query: { data: T | undefined; isError: boolean; error: unknown; refetch: () => Promise<unknown> };
  children: (data: T) => ReactNode;
};

/** A lamp stays lit with what was read last when it cannot be read again. */
function Lamp<T>({ query: { data, isError, error, refetch }, children }: LampProps<T>) {
  return (
    <>
      {isError ? (
        <FailureNote
          error={error}
          holds={data === undefined ? texts.failure.holds : texts.failure.asRead}
          onRetry={() => void refetch()}
        />
      ) : null}
      {data === undefined ? isError ? null : <LampToCome /> : children(data)}
    </>
  );
}

function LampToCome() {
  return (
    <div className={classes.lampToCome} aria-busy>
      <AfterDelay ms={150}>
        <span className={states.skeleton} />
      </AfterDelay>
    </div>
  );
}
