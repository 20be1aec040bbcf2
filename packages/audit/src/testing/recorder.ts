import { randomBytes } from "node:crypto";
import type { Policy } from "../catalogue.ts";
import { createRecorder, type Recorder } from "../recorder.ts";
import { monotonicIds } from "../uuid7.ts";
import { sha256 } from "./node-crypto.ts";

/** A recorder to which every event is on, of low severity and kept by one policy; with it the ids it gives. */
export const testRecorder = (
  policy: Policy,
  now: () => number = Date.now,
): { recorder: Recorder; nextId: () => string } => {
  const nextId = monotonicIds(now, randomBytes);
  const settingsOf = () => ({ enabled: true, severity: "low", policy }) as const;
  return { recorder: createRecorder({ now, nextId, randomBytes, sha256, settingsOf }), nextId };
};
