import { expect, test } from "vitest";
import { areaOf, inAreas, isNotYet, matches, type Setting } from "./setting-areas.ts";
import { entryOf, inWords, itemProblem, kindOf, problemOf, sentValue, unitOf } from "./setting-values.ts";

const setting = (key: string, value: unknown, schema: object, help = ""): Setting =>
  ({ key, title: key, help, value, default: value, schema, version: 0, updatedAt: null, updatedBy: null }) as Setting;

const whole = setting(
  "permit.default_valid_days",
  365,
  { type: "integer", minimum: 1, maximum: 36500 },
  "Days, suggested by the form.",
);
const time = { type: "string", pattern: "^([01]\\d|2[0-3]):[0-5]\\d$" };
const hours = setting("notification.quiet_hours", null, { anyOf: [{ type: "object" }, { type: "null" }] });
const recipients = setting("report.recipients", [1], {
  type: "array",
  items: { anyOf: [{ type: "integer" }, { type: "string" }] },
});

test("each schema of the server has its control", () => {
  expect(kindOf(whole)).toBe("whole");
  expect(kindOf(hours)).toBe("hours");
  expect(kindOf(recipients)).toBe("recipients");
  expect(kindOf(setting("protected_users", [1], { type: "array", items: { type: "integer" } }))).toBe("users");
  expect(kindOf(setting("permit.types", ["a"], { type: "array", items: { type: "string" } }))).toBe("texts");
  expect(kindOf(setting("document.media_types", [], { type: "array", items: { enum: ["pdf"] } }))).toBe("choices");
  expect(kindOf(setting("retention.archive", true, { type: "boolean" }))).toBe("flag");
  expect(kindOf(setting("backup.at", "03:30", time))).toBe("time");
  expect(kindOf(setting("display.language", "en", { type: "string", enum: ["en"] }))).toBe("choice");
  expect(kindOf(setting("display.time_zone", "UTC", { type: "string" }))).toBe("zone");
  expect(kindOf(setting("display.office", "Office", { type: "string" }))).toBe("text");
});

test("a number is text while it is typed, and refused where the server would refuse it", () => {
  expect(sentValue(whole, entryOf(whole))).toBe(365);
  for (const wrong of ["", "0", "1.5", "-3", "36501", "1e3", "ten"]) {
    expect(problemOf(whole, wrong), wrong).toBe("A whole number from 1 to 36,500.");
  }
  expect(problemOf(whole, "36500")).toBeNull();
});

test("times, hours, lists and texts are refused in words", () => {
  expect(problemOf(setting("backup.at", "03:30", time), "25:00")).toContain("02:30");
  expect(problemOf(hours, null)).toBeNull();
  expect(problemOf(hours, { from: "22:00", to: "22:00" })).not.toBeNull();
  expect(problemOf(hours, { from: "22:00", to: "06:00" })).toBeNull();
  expect(problemOf(recipients, [])).toContain("At least one");
  expect(problemOf(setting("display.office", "Office", { type: "string" }), " Office")).toContain("blanks");
});

test("an item is added once, and as an address where only users and addresses stand", () => {
  expect(itemProblem("texts", ["signage"], "signage")).toContain("already");
  expect(itemProblem("recipients", [], "nobody")).toContain("not one mail address");
  expect(itemProblem("recipients", [], "duty@office.example")).toBeNull();
});

test("a value reads as words, people by name", () => {
  expect(inWords([1, "duty@office.example"], () => "Ana Ruiz")).toBe("Ana Ruiz, duty@office.example");
  expect(inWords(null)).toBe("none");
  expect(inWords({ from: "22:00", to: "06:00" })).toBe("22:00 to 06:00");
  expect(inWords(5000000)).toBe("5,000,000");
  expect(inWords(false)).toBe("no");
});

test("the unit of a number stands beside it, the rest of the help below", () => {
  expect(unitOf(whole)).toEqual({ unit: "days", rest: "Suggested by the form." });
  expect(unitOf({ ...whole, help: "At most." })).toEqual({ unit: null, rest: "At most." });
});

test("every key has an area, one that is unknown stands under Other", () => {
  expect(areaOf("protected_users")).toBe("people");
  expect(areaOf("something.new")).toBe("other");
  expect(inAreas([whole, hours, setting("new.key", 1, {})]).map(({ area }) => area)).toEqual([
    "permits",
    "notifications",
    "other",
  ]);
  expect(matches(whole, "PERMITS valid")).toBe(true);
  expect(matches(whole, "permits backup")).toBe(false);
  expect(isNotYet("backup.at")).toBe(true);
  expect(isNotYet("export.max_rows")).toBe(false);
});
