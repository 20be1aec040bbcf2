import { expect, test } from "vitest";
import { parseHistorySearch } from "./history-search.ts";

test.each([
  [{}, {}],
  [
    { q: " pier ", show: "permit_update", related: "no" },
    { q: "pier", show: "permit_update", related: "no" },
  ],
  [{ show: "changes" }, { show: "changes" }],
  [{ show: "constructor", related: "yes", q: "  " }, {}],
  [{ at: "2026-11-23T14:02:07+01:00" }, { at: "2026-11-23T13:02:07.000Z" }],
  [{ at: "yesterday", from: "2026-13-01T00:00:00Z" }, {}],
  [
    { at: "2026-11-01T00:00:00Z", from: "2026-11-23T00:00:00Z" },
    { at: "2026-11-23T00:00:00.000Z", from: "2026-11-01T00:00:00.000Z" },
  ],
])("%j is read as %j", (raw, search) => expect(parseHistorySearch(raw)).toEqual(search));
