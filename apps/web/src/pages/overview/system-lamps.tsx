import { useQuery } from "@tanstack/react-query";
import { Database, TriangleAlert } from "lucide-react";
import { useTRPC } from "../../api.ts";
import { AfterDelay } from "../../components/after-delay.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import states from "../../components/states.module.css";
import { count } from "../../format.ts";
import { texts } from "../../texts.ts";
import { span } from "../integrity/integrity-state.ts";
import { Lamps, LightBox } from "../integrity/lamps.tsx";
import type { Light } from "../integrity/seal-lights.ts";
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

/** How far storing and signing are, read again every half minute while the page is seen; reading them is no event. */
export function SystemLamps() {
  const trpc = useTRPC();
  const often = { staleTime: 0, retry: false, refetchInterval: everyMs } as const;
  const system = useQuery({ ...trpc.system.status.queryOptions(undefined, alone), ...often });
  const proof = useQuery({ ...trpc.integrity.status.queryOptions(undefined, alone), ...often });
  return (
    <section className={classes.lamps} aria-label={words.title}>
      {system.isError ? (
        <FailureNote error={system.error} onRetry={() => void system.refetch()} />
      ) : system.data ? (
        <LightBox label={words.queue} light={queueLight(system.data)} />
      ) : (
        <LampToCome />
      )}
      {proof.isError ? (
        <FailureNote error={proof.error} holds={texts.failure.holds} onRetry={() => void proof.refetch()} />
      ) : proof.data ? (
        <Lamps status={proof.data} watch={null} readAtMs={proof.dataUpdatedAt} isStale={false} />
      ) : (
        <LampToCome />
      )}
    </section>
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
