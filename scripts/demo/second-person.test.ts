import { expect, test } from "vitest";
import { createCalendar } from "./calendar.ts";
import type { Office } from "./office.ts";
import { secondPerson } from "./second-person.ts";
import type { Staff } from "./staff.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

test("whatever moment of a working day something is asked for, it is decided before the request ends, on a working day", () => {
  for (let day = 5; day <= 9; day++) {
    for (let minute = 0; minute < 9 * 60; minute += 7) {
      const now = Date.UTC(2026, 9, day, 7, minute);
      const moments: number[] = [];
      const agenda = { at: (ms: number) => void moments.push(ms), run: async () => undefined };
      const story = { agenda, calendar: createCalendar(() => now), office: {} as Office, staff: {} as Staff };
      secondPerson(story).supervisorDecides({ outcome: "pending", request: { id: 1 } }, "s.okafor", null);
      const [at = 0] = moments;
      expect(at - now).toBeGreaterThanOrEqual(3 * hourMs);
      expect(at - now).toBeLessThan(70 * hourMs);
      expect([1, 2, 3, 4, 5]).toContain(new Date(at).getUTCDay());
      expect(new Date(at).getUTCHours()).toBeGreaterThanOrEqual(7);
    }
  }
});
