import type { ContentCheck } from "./content-check.ts";

type State = "start" | "soi" | "marker" | "kind" | "high" | "low" | "body" | "scan" | "scanKind";

const isRestart = (byte: number): boolean => byte >= 0xd0 && byte <= 0xd7;

/**
 * Walks the segments from SOI over at least one scan to EOI (ITU-T T.81, Annex B). Another whole image may follow at once,
 * as cameras write it (CIPA DC-007), and nothing else.
 */
export const createJpegCheck = (): ContentCheck => {
  let state: State = "start";
  let length = 0;
  let hasScan = false;
  let inScan = false;
  let images = 0;

  const kind = (byte: number): State | null => {
    if (byte === 0xff) return "kind";
    if (byte === 0xd9) {
      images += 1;
      return hasScan ? "start" : null;
    }
    if (byte === 0x01) return "marker";
    if (byte === 0x00 || byte === 0xd8 || isRestart(byte)) return null;
    inScan = byte === 0xda;
    return "high";
  };
  const afterBody = (): State => {
    if (!inScan) return "marker";
    hasScan = true;
    return "scan";
  };
  const steps: Record<Exclude<State, "body">, (byte: number) => State | null> = {
    start: (byte) => {
      hasScan = false;
      return byte === 0xff ? "soi" : null;
    },
    soi: (byte) => (byte === 0xd8 ? "marker" : null),
    marker: (byte) => (byte === 0xff ? "kind" : null),
    kind,
    high: (byte) => {
      length = byte << 8;
      return "low";
    },
    low: (byte) => {
      length = (length | byte) - 2;
      if (length < 0) return null;
      return length === 0 ? afterBody() : "body";
    },
    scan: (byte) => (byte === 0xff ? "scanKind" : "scan"),
    scanKind: (byte) => {
      if (byte === 0x00 || isRestart(byte)) return "scan";
      return byte === 0xff ? "scanKind" : kind(byte);
    },
  };

  return {
    add: (bytes) => {
      for (let at = 0; at < bytes.length; ) {
        if (state === "body") {
          const passed = Math.min(length, bytes.length - at);
          length -= passed;
          at += passed;
          if (length === 0) state = afterBody();
          continue;
        }
        if (state === "scan") {
          const marker = bytes.indexOf(0xff, at);
          if (marker === -1) break;
          at = marker;
        }
        const next: State | null = steps[state](bytes[at++] ?? 0);
        if (next === null) return false;
        state = next;
      }
      return true;
    },
    end: () => state === "start" && images > 0,
  };
};
