import { CircleDashed, OctagonX, ShieldCheck } from "lucide-react";
import type { ReactNode } from "react";
import { useNow } from "../../components/now.ts";
import { clockTime, count } from "../../format.ts";
import { usePreferences } from "../../preferences.ts";
import classes from "./integrity.module.css";
import { lampOf, type Status, span, type Watch } from "./integrity-state.ts";
import { integrityTexts } from "./integrity-texts.ts";
import { type Light, seals } from "./seal-lights.ts";
import { lastEnded, runState } from "./verification-runs.ts";

const sealWords = integrityTexts.lamp;
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

/** What was read longer ago tells how it was then: nobody was at the page to ask for it again. */
const oldMs = 60_000;

type Props = { status: Status; watch: Watch; readAtMs: number; isStale: boolean };

/** How far the log is signed, and what the last verification found: shape, word and reason. */
export function Lamps({ status, watch, readAtMs, isStale }: Props) {
  const nowMs = useNow();
  const { zone } = usePreferences();
  const isOld = nowMs - readAtMs > oldMs;
  const sinceReadMs = isOld ? 0 : Math.max(0, nowMs - readAtMs);
  const lamp = lampOf(status, watch, readAtMs, readAtMs + sinceReadMs);
  const seal = seals[lamp.kind](lamp, status);
  return (
    <div className={classes.lamps}>
      <LightBox label={sealWords.label} light={seal}>
        {isStale || isOld ? (isStale ? sealWords.stale : sealWords.asOf)(clockTime(status.at, zone)) : null}
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
