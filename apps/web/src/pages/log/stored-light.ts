import { Database, Hourglass, TriangleAlert } from "lucide-react";
import { count } from "../../format.ts";
import { span } from "../integrity/integrity-state.ts";
import type { Light } from "../integrity/seal-lights.ts";
import type { LogState } from "./live-client.ts";
import { liveTexts } from "./live-texts.ts";

const words = liveTexts.lamps;

/** Seconds after which a kept event that is not in the log yet is late, and what was read is old. */
const lateS = 5;
const oldMs = 60_000;

/** What was told last, and when by this machine's clock. */
export type Told = { state: LogState; atMs: number };

/** What the lamp of storing says. While the log is live, what was told last holds until now. */
export const storedLight = ({ state, atMs }: Told, nowMs: number, isLive: boolean): Light => {
  const sinceMs = Math.max(0, nowMs - atMs);
  const { waitingEvents, oldestKeptSeconds } = state;
  const oldestMs = (oldestKeptSeconds ?? 0) * 1000 + sinceMs;
  if (waitingEvents === 0) {
    const isOld = !isLive && sinceMs >= oldMs;
    return {
      tone: isOld ? "open" : "good",
      Icon: Database,
      title: isLive ? words.storedNow : words.stored(span(sinceMs)),
      hint: words.storedHint,
    };
  }
  if (oldestMs < lateS * 1000 || (!isLive && (oldestKeptSeconds ?? 0) < lateS)) {
    return { tone: "open", Icon: Hourglass, title: words.settling(count(waitingEvents)), hint: words.settlingHint };
  }
  return {
    tone: "bad",
    Icon: TriangleAlert,
    title: words.late(count(waitingEvents), span(oldestMs)),
    hint: words.lateHint,
  };
};
