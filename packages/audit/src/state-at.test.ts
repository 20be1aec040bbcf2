import { expect, test } from "vitest";
import { changesBetween } from "./changes.ts";
import type { Json } from "./json.ts";
import { countAt, differingFields, type ObjectState, type StateEvent, stateAfter, stateAt } from "./state-at.ts";
import { sequence } from "./testing/sequence.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 10, 23, 14, minute)).toISOString();
const event = (minute: number, code: string, changes: StateEvent["changes"]): StateEvent => ({
  id: `e${minute}`,
  code,
  receivedAt: at(minute),
  changes,
});

/** The values that are not null, as an object is compared. */
const valuesOf = ({ fields }: ObjectState) =>
  Object.fromEntries(Object.entries(fields).flatMap(([field, { value }]) => (value === null ? [] : [[field, value]])));

type Row = Record<string, Json>;
const names = ["status", "holder_name", "site", "valid_to", "assigned_to", "tags"];

/** A random life of an object: the states it went through, the first of which is its creation. */
const randomLife = (pick: (below: number) => number): Row[] => {
  const value = (): Json => {
    const kind = pick(5);
    if (kind === 0) return null;
    if (kind === 1) return pick(3);
    if (kind === 2) return { id: String(pick(3)), label: `Name ${pick(4)}` };
    if (kind === 3) return Array.from({ length: pick(4) }, () => `tag ${pick(5)}`);
    return `text ${pick(6)}`;
  };
  const rows: Row[] = [Object.fromEntries(names.map((name) => [name, value()]))];
  for (let step = pick(12); step > 0; step--) {
    const next = { ...rows.at(-1) };
    for (let changed = pick(3); changed >= 0; changed--) next[names[pick(names.length)] ?? "site"] = value();
    rows.push(next);
  }
  return rows;
};

const told = (row: Row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
const eventsOf = (rows: readonly Row[]): StateEvent[] =>
  rows.map((row, index) =>
    event(index, index === 0 ? "permit_create" : "permit_update", changesBetween(rows[index - 1] ?? null, row)),
  );

test("replaying all changes from the creation gives every state the object ever had, the present one last", () => {
  const pick = sequence(7);
  for (let life = 0; life < 300; life++) {
    const rows = randomLife(pick);
    const events = eventsOf(rows);
    rows.forEach((row, index) => {
      const state = stateAfter(events, index + 1);
      expect(valuesOf(state)).toEqual(told(row));
      expect(Object.values(state.fields).filter(({ contradicted }) => contradicted)).toEqual([]);
      expect(stateAt(events, Date.parse(at(index)) + 1)).toEqual(state);
    });
    expect(stateAfter(events, 0)).toEqual({ existence: "not_yet", fields: {} });
  }
});

test("with only the newest part of the log, every field that still changes later is known all the same", () => {
  const pick = sequence(11);
  for (let life = 0; life < 300; life++) {
    const rows = randomLife(pick);
    const from = pick(rows.length);
    const events = eventsOf(rows).slice(from);
    for (let count = 0; count <= events.length; count++) {
      const row = rows[from + count - 1];
      if (row === undefined) continue;
      for (const [field, state] of Object.entries(stateAfter(events, count).fields)) {
        if (state.known === "whole") expect([field, state.value]).toEqual([field, row[field] ?? null]);
      }
    }
  }
});

test("a field before its first known change is told by that change, and says that no event set it", () => {
  const events = [event(1, "permit_update", { site: { old: "Pier 4", new: "Pier 9" } })];
  const { existence, fields } = stateAfter(events, 0);
  expect(existence).toBe("unknown");
  expect(fields.site).toMatchObject({ value: "Pier 4", setBy: null, changedBy: "e1", known: "whole" });
});

test("a change that the log does not hold is noticed by the next one", () => {
  const events = [
    event(1, "permit_create", { site: { old: null, new: "Pier 4" } }),
    event(2, "permit_update", { site: { old: "Pier 7", new: "Pier 9" } }),
  ];
  expect(stateAfter(events, 1).fields.site).toMatchObject({ value: "Pier 4", contradicted: true });
  expect(stateAfter(events, 2).fields.site).toMatchObject({ value: "Pier 9", contradicted: false });
});

test("a person who was renamed in between is no contradiction", () => {
  const ana = (label: string) => ({ id: "3", label });
  const events = [
    event(1, "permit_create", { assigned_to: { old: null, new: ana("Ana Ruiz") } }),
    event(2, "permit_reassign", { assigned_to: { old: ana("Ana Ruiz-Meier"), new: null } }),
  ];
  expect(stateAfter(events, 1).fields.assigned_to?.contradicted).toBe(false);
});

test("holders and features come one by one, and a role that was created has what it was created with", () => {
  const ana = { id: "3", label: "Ana Ruiz" };
  const events = [
    event(1, "role_create", changesBetween(null, { name: "Clerk", features: ["permits.read"] })),
    event(2, "role_assign_user", { users: { old: null, new: ana } }),
    event(3, "role_assign_feature", { features: { old: null, new: "permits.create" } }),
    event(4, "role_revoke_feature", { features: { old: "permits.read", new: null } }),
    event(5, "role_revoke_user", { users: { old: { id: "3", label: "Ana R." }, new: null } }),
  ];
  expect(stateAfter(events, 1).fields.users).toMatchObject({ value: null, known: "whole" });
  expect(valuesOf(stateAfter(events, 3))).toEqual({
    name: "Clerk",
    features: ["permits.read", "permits.create"],
    users: [ana],
  });
  expect(valuesOf(stateAfter(events, 5))).toEqual({ name: "Clerk", features: ["permits.create"], users: [] });
});

test("a list whose beginning the log does not hold says that there may be more", () => {
  const events = [event(1, "role_assign_feature", { features: { old: null, new: "permits.create" } })];
  expect(stateAfter(events, 1).fields.features).toMatchObject({ value: ["permits.create"], known: "partial" });
  expect(stateAfter(events, 0).fields.features).toMatchObject({ known: "partial" });
});

test("after changes that were too large to be kept nothing is claimed until a field changes again", () => {
  const events = [
    event(1, "permit_create", { site: { old: null, new: "Pier 4" }, type: { old: null, new: "event" } }),
    event(2, "permit_update", { "*": { old: null, new: { sha256: "ab", bytes: 200_000, head: "{" } } }),
    event(3, "permit_update", { site: { old: "Pier 5", new: "Pier 9" } }),
  ];
  expect(stateAfter(events, 2).fields.type?.known).toBe("unknown");
  expect(stateAfter(events, 2).fields.site).toMatchObject({ value: "Pier 5", known: "whole", contradicted: false });
  expect(stateAfter(events, 3).fields.site).toMatchObject({ value: "Pier 9", known: "whole" });
});

test("what was deleted is gone, and was there the moment before", () => {
  const events = [
    event(1, "permit_create", { site: { old: null, new: "Pier 4" } }),
    event(2, "permit_delete", { site: { old: "Pier 4", new: null } }),
  ];
  expect(stateAt(events, Date.parse(at(0))).existence).toBe("not_yet");
  expect(stateAt(events, Date.parse(at(1))).existence).toBe("there");
  expect(stateAt(events, Date.parse(at(2)))).toEqual({ existence: "gone", fields: {} });
  expect([0, 1, 2, 3].map((minute) => countAt(events, Date.parse(at(minute))))).toEqual([0, 1, 2, 2]);
});

test("two states differ in the fields whose values differ, names of the time aside", () => {
  const events = [
    event(1, "permit_create", { site: { old: null, new: "Pier 4" }, type: { old: null, new: "event" } }),
    event(2, "permit_update", { site: { old: "Pier 4", new: "Pier 9" } }),
  ];
  expect(differingFields(stateAfter(events, 1), stateAfter(events, 2))).toEqual(["site"]);
  expect(differingFields(stateAfter(events, 0), stateAfter(events, 1))).toEqual(["site", "type"]);
  expect(differingFields(stateAfter(events, 2), stateAfter(events, 2))).toEqual([]);
});
