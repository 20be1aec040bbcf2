import { BadgeCheck, CircleDashed, OctagonX } from "lucide-react";
import { CopyButton } from "../components/copy-button.tsx";
import { Foreign } from "../components/foreign.tsx";
import { texts } from "../texts.ts";
import type { Check, Step, StepState } from "./check-event.ts";
import classes from "./proof.module.css";
import { proofTexts } from "./proof-texts.ts";

const icons = { fits: BadgeCheck, differs: OctagonX, open: CircleDashed } satisfies Record<StepState, unknown>;
const states = { intact: "fits", differs: "differs", partly: "open" } satisfies Record<Check["verdict"], StepState>;

/** What came out of a check in one sentence, and which steps to look at. */
export function Verdict({ check: { verdict, steps } }: { check: Check }) {
  const state = states[verdict];
  const Icon = icons[state];
  const parts = steps.filter((step) => step.state === state).map(({ part }) => proofTexts.parts[part]);
  return (
    <div className={classes.verdict} data-state={state}>
      <Icon size={18} aria-hidden />
      <div>
        <p>
          <strong>{proofTexts.verdict[verdict]}</strong>
        </p>
        {state === "fits" ? null : <p className={classes.verdictParts}>{proofTexts.see(parts)}</p>}
      </div>
    </div>
  );
}

/** Each thing that was computed: its name, whether it fits, the sentence, and the hash. */
export function Steps({ steps }: { steps: readonly Step[] }) {
  return (
    <ol className={classes.steps}>
      {steps.map(({ part, state, sentence, hash }) => {
        const Icon = icons[state];
        return (
          <li key={part} className={classes.step} data-state={state}>
            <Icon size={16} aria-hidden />
            <div className={classes.stepBody}>
              <div className={classes.stepHead}>
                <strong>{proofTexts.parts[part]}</strong>
                <span className={classes.stepState}>{proofTexts.states[state]}</span>
              </div>
              <p>
                <Foreign text={sentence} />
              </p>
              {hash ? (
                <div className={classes.hashRow}>
                  <code>{hash}</code>
                  <CopyButton value={hash} label={texts.failure.copy} />
                </div>
              ) : null}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

/** What the steps were computed with, to be held against another copy. */
export function Way({ way }: { way: NonNullable<Check["way"]> }) {
  const words = proofTexts.way;
  return (
    <>
      <details className={classes.way}>
        <summary>{words.hashes(way.hashes.length)}</summary>
        <ol>
          {way.hashes.map((hash, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a hash is named by its place on the way
            <li key={index} className={classes.hashRow}>
              <code>{hash}</code>
              <CopyButton value={hash} label={texts.failure.copy} />
            </li>
          ))}
        </ol>
      </details>
      <details className={classes.way}>
        <summary>{words.checkpoint}</summary>
        <pre>{way.checkpoint}</pre>
        <CopyButton value={way.checkpoint} label={texts.failure.copy} />
      </details>
    </>
  );
}
