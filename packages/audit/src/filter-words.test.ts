import { expect, test } from "vitest";
import { filterWords, queryWords } from "./filter-words.ts";
import type { JsonObject } from "./json.ts";

const filters: [JsonObject, string][] = [
  [{ overview: true }, "the overview"],
  [{ days: 1 }, "the last day"],
  [
    { from: "2026-11-24T08:00:00.000Z", to: "2026-12-01T08:30:00Z" },
    "since 2026-11-24 08:00 UTC, until 2026-12-01 08:30 UTC",
  ],
  [{ codes: ["permit_approve", "gone_code"] }, "“Permit approved” or “gone_code”"],
  [{ categories: ["permit", "platform"] }, "category Permit operations or Platform"],
  [{ actors: ["user:7", "anonymous"], objects: ["permit:41"] }, "by user 7 or anonymous, about permit 41"],
  [{ targets: ["user:7", "permit"] }, "target user 7 or permit"],
  [{ actorType: "user", actorId: "7" }, "by user 7"],
  [{ objectType: "permit" }, "about permit"],
  [{ objectId: "41", objectType: "permit", related: true }, "about permit 41"],
  [
    { roles: ["Clerk"], networks: ["10.20.0.0/16"], sources: ["app"] },
    "role Clerk, address 10.20.0.0/16, through the app",
  ],
  [{ statuses: ["a", "b", "c", "d"] }, "status a, b or 2 others"],
  [
    { text: "quay, 7", not: { severities: ["info"], codes: ["permit_read"] } },
    "“quay, 7”, not severity info, not “Permit viewed”",
  ],
  [{ id: "0192", by: "actor" }, "event 0192, by the same actor around that time"],
  [{ not: {} }, ""],
  [{ toString: 1 }, "toString 1"],
];

test.each(filters)("%j reads as it is meant", (filter, words) => {
  expect(filterWords(filter)).toBe(words);
});

test.each<[JsonObject, string]>([
  [
    { codes: ["permit_delete"], notCodes: ["permit_read", "permit_update"] },
    "“Permit deleted”, not “Permit viewed”, not “Permit updated”",
  ],
  [{ statuses: ["a", "b", "c", "d"], text: "quay" }, "status a or status b or status c or status d, “quay”"],
  [{ actorType: "user", actorId: "7", from: undefined as never }, "by user 7"],
])("whoever decides on the query %j reads all of it", (query, words) => {
  expect(queryWords(query)).toBe(words);
});
