import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import { useEffect, useState } from "react";
import { useTRPC } from "../../api.ts";
import { useNow } from "../../components/now.ts";
import { count } from "../../format.ts";
import { lampOf, span, type Watch, watchSealing } from "../integrity/integrity-state.ts";
import { type Light, seals } from "../integrity/seal-lights.ts";
import classes from "./live.module.css";
import { liveTexts } from "./live-texts.ts";
import { storedLight, type Told } from "./stored-light.ts";

const words = liveTexts.lamps;

const provedLight = ({ state, atMs }: Told, watch: Watch, nowMs: number): Light => {
  const lamp = lampOf(state, watch, atMs, Math.max(nowMs, atMs));
  const light = seals[lamp.kind](lamp, state);
  const size = state.checkpoint?.size ?? 0;
  return size > 0 && light.tone === "good"
    ? { ...light, title: words.proved(count(size - 1), span(lamp.ageMs)) }
    : light;
};

/**
 * Whether all that was kept is stored, and how far the log is signed. Told by the live line, else asked once after each reading
 * of the list, never on its own.
 */
export function LogLamps({ live, isLive, readAtMs }: { live: Told | null; isLive: boolean; readAtMs: number }) {
  const trpc = useTRPC();
  const asked = useQuery({ ...trpc.integrity.progress.queryOptions(), enabled: readAtMs > 0 && !isLive });
  const { refetch, dataUpdatedAt, data } = asked;
  useEffect(() => {
    if (readAtMs > 0 && !isLive) void refetch();
  }, [readAtMs, isLive, refetch]);
  const read = data ? { state: data, atMs: dataUpdatedAt } : null;
  const told = live !== null && live.atMs > (read?.atMs ?? 0) ? live : read;
  return (
    <section className={classes.lamps} aria-label={words.label}>
      {told ? <Lit told={told} isLive={isLive} /> : null}
      {told === null && asked.isError ? (
        <Lamp light={{ tone: "open", Icon: TriangleAlert, title: words.unknown, hint: words.opens }} />
      ) : null}
    </section>
  );
}

function Lit({ told, isLive }: { told: Told; isLive: boolean }) {
  const nowMs = useNow();
  const [watched, setWatched] = useState<{ told: Told; watch: Watch }>({ told, watch: null });
  if (watched.told !== told) setWatched({ told, watch: watchSealing(watched.watch, told.state, told.atMs) });
  return (
    <>
      <Lamp light={storedLight(told, nowMs, isLive)} />
      <Lamp light={provedLight(told, watched.watch, nowMs)} />
    </>
  );
}

function Lamp({ light: { tone, Icon, title, hint } }: { light: Light }) {
  return (
    <Link to="/integrity" className={classes.lamp} data-tone={tone} title={hint}>
      <Icon size={15} aria-hidden />
      {title}
    </Link>
  );
}
