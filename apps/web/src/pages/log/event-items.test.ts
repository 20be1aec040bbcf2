import { expect, test } from "vitest";
import type { LogEntry } from "../../api.ts";
import { dayHeading } from "../../format.ts";
import { itemsOf, stepFrom } from "./event-items.ts";

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

test("events that follow each other are put together by what they share, and a new day parts them", () => {
  const by = (id: string, receivedAt: string, actor: string, requestId: string | null) =>
    ({ id, receivedAt, actor: { type: "user", id: actor }, object: null, requestId }) as LogEntry;
  const entries = [
    by("e", "2026-11-23T09:00:00Z", "1", null),
    by("d", "2026-11-23T08:00:00Z", "1", null),
    by("c", "2026-11-23T07:00:00Z", "2", "r1"),
    by("b", "2026-11-22T07:00:00Z", "2", "r1"),
    by("a", "2026-11-22T06:00:00Z", "1", null),
  ];
  const drawn = (grouping: "actor" | "object" | "request") =>
    itemsOf(entries, "utc", grouping).map((item) =>
      item.kind === "group" ? `${item.count}x` : item.kind === "day" ? "day" : item.key,
    );
  expect(drawn("actor")).toEqual(["day", "2x", "e", "d", "1x", "c", "day", "1x", "b", "1x", "a", "end"]);
  expect(drawn("request")).toEqual(["day", "e", "d", "1x", "c", "day", "1x", "b", "a", "end"]);
  expect(drawn("object")).toEqual(["day", "e", "d", "c", "day", "b", "a", "end"]);
});

test("a step leads to the neighbour, also from an event that the list does not hold", () => {
  const entries = ["f", "d", "b"].map((id) => at(id, "2026-11-23T09:00:00Z"));
  const from = (id: string | null, by: 1 | -1) => stepFrom(entries, id, by)?.id;
  expect([from("d", 1), from("d", -1), from("f", -1), from("b", 1)]).toEqual(["b", "f", undefined, undefined]);
  expect([from("c", 1), from("c", -1)]).toEqual(["b", "d"]);
  expect([from("g", 1), from("g", -1), from("a", 1), from("a", -1)]).toEqual(["f", undefined, undefined, "b"]);
  expect(from(null, -1)).toBe("f");
});
