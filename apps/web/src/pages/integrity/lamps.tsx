import { CircleDashed, type LucideIcon, OctagonX, ShieldCheck, Stamp, TriangleAlert } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { clockTime, count } from "../../format.ts";
import classes from "./integrity.module.css";
import { type Lamp, lampOf, type Status, span, type Watch } from "./integrity-state.ts";
import { integrityTexts } from "./integrity-texts.ts";
import { lastEnded, runState } from "./verification-runs.ts";

type Tone = "good" | "open" | "bad";
export type Light = { tone: Tone; Icon: LucideIcon; title: string; hint: string };

const useNow = (): number => {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
};

const sealWords = integrityTexts.lamp;
const seals = {
  none: ({ waiting }) => ({
    tone: "open",
    Icon: CircleDashed,
    title: sealWords.none,
    hint: waiting > 0 ? sealWords.noneWaits(count(waiting)) : sealWords.noneHint,
  }),
  signed: ({ ageMs }, { size }) => ({
    tone: "good",
    Icon: Stamp,
    title: sealWords.signed(span(ageMs)),
    hint: size === 1 ? sealWords.oneHint : sealWords.signedHint(count(size)),
  }),
  signing: ({ ageMs, waiting }) => ({
    tone: "good",
    Icon: Stamp,
    title: sealWords.signing(span(ageMs)),
    hint: sealWords.signingHint(count(waiting)),
  }),
  late: ({ ageMs, waiting }) => ({
    tone: "bad",
    Icon: TriangleAlert,
    title: sealWords.late(span(ageMs)),
    hint: sealWords.lateHint(count(waiting)),
  }),
  silent: ({ ageMs }) => ({
    tone: "bad",
    Icon: TriangleAlert,
    title: sealWords.silent(span(ageMs)),
    hint: sealWords.silentHint,
  }),
} satisfies Record<Lamp["kind"], (lamp: Lamp, status: Status) => Light>;

const runWords = integrityTexts.verified;

const verifiedLight = (status: Status, sinceReadMs: number): Light => {
  const run = lastEnded(status.verifications);
  if (run === undefined) return { tone: "open", Icon: CircleDashed, title: runWords.never, hint: runWords.neverHint };
  const age = span(Math.max(0, Date.parse(status.at) - Date.parse(run.finishedAt ?? run.startedAt) + sinceReadMs));
  const state = runState(run);
  if (state.kind === "found") {
    return {
      tone: "bad",
      Icon: OctagonX,
      title: runWords.found(count(state.found), age),
      hint: runWords.foundHint,
    };
  }
  const last = count(Math.max(0, run.total - 1));
  const newer = status.size - run.total + status.unsealed;
  const covered =
    run.fromIndex > 0
      ? runWords.part(count(run.fromIndex), last)
      : newer > 0
        ? runWords.checkedTo(last)
        : runWords.checkedAll(count(run.total));
  const hint = newer > 0 ? `${covered} ${runWords.newer(count(newer))}` : covered;
  const isWhole = run.fromIndex === 0 && newer <= 0;
  return { tone: isWhole ? "good" : "open", Icon: ShieldCheck, title: runWords.intact(age), hint };
};

type Props = { status: Status; watch: Watch; readAtMs: number; isStale: boolean };

/** How far the log is signed, and what the last verification found: shape, word and reason. */
export function Lamps({ status, watch, readAtMs, isStale }: Props) {
  const nowMs = useNow();
  const sinceReadMs = Math.max(0, nowMs - readAtMs);
  const lamp = lampOf(status, watch, readAtMs, readAtMs + sinceReadMs);
  const seal = seals[lamp.kind](lamp, status);
  return (
    <div className={classes.lamps}>
      <LightBox label={sealWords.label} light={seal}>
        {isStale ? sealWords.stale(clockTime(status.at, "local")) : null}
      </LightBox>
      <LightBox label={runWords.label} light={verifiedLight(status, sinceReadMs)} />
    </div>
  );
}

export function LightBox({ label, light, children }: { label: string; light: Light; children?: ReactNode }) {
  const { tone, Icon, title, hint } = light;
  return (
    <section className={classes.lamp} data-tone={tone} aria-label={label}>
      <Icon size={24} strokeWidth={1.75} aria-hidden />
      <div>
        <h2 className={classes.lampTitle}>{title}</h2>
        <p>{hint}</p>
        {children ? <p className={classes.muted}>{children}</p> : null}
      </div>
    </section>
  );
}
