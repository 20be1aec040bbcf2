import type { inferOutput } from "@trpc/tanstack-react-query";
import type { Api } from "../../api.ts";

export type Status = inferOutput<Api["integrity"]["status"]>;

/** How far the log is signed, at a moment of the server's. */
export type Sealing = {
  at: string;
  size: number;
  unsealed: number;
  checkpoint: { size: number; signedAt: string } | null;
};

/** How many events are stored and under no signed checkpoint. */
const waitingEvents = ({ size, unsealed, checkpoint }: Sealing): number =>
  unsealed + Math.max(0, size - (checkpoint?.size ?? 0));

/** Since when events were seen to wait under one and the same checkpoint, in milliseconds since 1970; null when none waits. */
export type Watch = { size: number; sinceMs: number } | null;

/** An idle log may be unsigned for long; only events that go on waiting while we look show that signing stands still. */
export const watchSealing = (before: Watch, status: Sealing, atMs: number): Watch => {
  if (waitingEvents(status) === 0) return null;
  const size = status.checkpoint?.size ?? 0;
  return before?.size === size ? before : { size, sinceMs: atMs };
};

export type Lamp = { kind: "none" | "signed" | "signing" | "late" | "silent"; ageMs: number; waiting: number };

const lateMs = 60_000;
const watchedMs = 4000;
/** An idle log is signed each hour; a few minutes more are nobody's fault. */
const silentMs = 65 * 60_000;

/** What the seal's lamp says. `readAtMs` and `nowMs` are of this machine's clock, which only measures how long ago we asked. */
export const lampOf = (status: Sealing, watch: Watch, readAtMs: number, nowMs: number): Lamp => {
  const { checkpoint } = status;
  const waiting = waitingEvents(status);
  if (checkpoint === null) return { kind: "none", ageMs: 0, waiting };
  const readAgeMs = Math.max(0, Date.parse(status.at) - Date.parse(checkpoint.signedAt));
  const ageMs = readAgeMs + Math.max(0, nowMs - readAtMs);
  if (waiting > 0) {
    const isStanding = ageMs >= lateMs && watch !== null && readAtMs - watch.sinceMs >= watchedMs;
    return { kind: isStanding ? "late" : "signing", ageMs, waiting };
  }
  // That nobody asked for an hour is not that nothing was signed.
  return { kind: readAgeMs >= silentMs ? "silent" : "signed", ageMs, waiting };
};

const steps = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
  [1, "s"],
] as const;

/** A span in its two largest units, seconds alone below a minute: "3 s", "4 min", "1 h 12 min". */
export const span = (ms: number): string => {
  const seconds = Math.floor(ms / 1000);
  const first = steps.findIndex(([size]) => seconds >= size);
  const [size, unit] = steps[first] ?? [1, "s"];
  const next = steps[first + 1];
  const whole = `${Math.floor(seconds / size)} ${unit}`;
  if (next === undefined || next[1] === "s") return whole;
  const rest = Math.floor((seconds % size) / next[0]);
  return rest === 0 ? whole : `${whole} ${rest} ${next[1]}`;
};
