/** A generator of numbers in [0, 1) that says the same for the same seed (mulberry32, public domain, Tommy Ettinger). */
const seeded = (seed: number): (() => number) => {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const codes = ["permit_update", "permit_update", "permit_approve", "permit_create", "permit_read", "permit_assign"];
const holders = ["Ada Lindqvist", "Bruno Okafor", "Chiara Novák", "Dmitri Haas", "Elif Sørensen", "Farid Mbeki"];
const days = ["2026-11-30", "2027-01-15", "2027-03-31", "2027-06-30", "2027-12-31"];

/** What a front end would state: `eventInput` of the API as plain JSON. */
export type StatedEvent = Record<string, unknown>;

/** One event as it comes from a busy office; stored it has about 700 bytes of leaf and details. */
const oneEvent = (random: () => number): StatedEvent => {
  const pick = <Item>(list: readonly Item[]): Item => list[Math.floor(random() * list.length)] as Item;
  const code = pick(codes);
  const number = 1 + Math.floor(random() * 5000);
  const event: StatedEvent = {
    code,
    object: { type: "permit", id: String(number), label: `P-2026-${String(number).padStart(6, "0")}` },
    notes: `Handled at counter ${1 + Math.floor(random() * 9)}.`,
  };
  if (code === "permit_assign") event.target = { type: "user", id: String(1 + Math.floor(random() * 40)) };
  if (code !== "permit_read") {
    event.changes = {
      holder_name: { old: pick(holders), new: pick(holders) },
      valid_to: { old: pick(days), new: pick(days) },
    };
  }
  return event;
};

export const statedEvents = (seed: number, count: number): StatedEvent[] => {
  const random = seeded(seed);
  return Array.from({ length: count }, () => oneEvent(random));
};
