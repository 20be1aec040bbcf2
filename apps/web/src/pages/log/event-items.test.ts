import { expect, test } from "vitest";
import type { LogEntry } from "../../api.ts";
import { dayHeading } from "../../format.ts";
import { itemsOf } from "./event-items.ts";

const at = (id: string, receivedAt: string) => ({ id, receivedAt }) as LogEntry;

test("each day has one heading before its events, and the list has an end", () => {
  const items = itemsOf(
    [at("c", "2026-11-23T00:00:01Z"), at("b", "2026-11-22T23:59:59Z"), at("a", "2026-11-22T08:00:00Z")],
    "utc",
  );
  expect(items.map((item) => (item.kind === "day" ? item.heading : item.key))).toEqual([
    dayHeading("2026-11-23T12:00:00Z", "utc"),
    "c",
    dayHeading("2026-11-22T12:00:00Z", "utc"),
    "b",
    "a",
    "end",
  ]);
});

test("no events leave only the end", () => expect(itemsOf([], "utc")).toEqual([{ kind: "end", key: "end" }]));
