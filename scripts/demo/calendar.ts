export type Calendar = {
  now: () => number;
  /** The day of a moment in UTC, `YYYY-MM-DD`. */
  day: (ms: number) => string;
  /** The same moment when the office is open, else one on its next working day. */
  workingMoment: (ms: number) => number;
};

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const opens = 7;
const closes = 16;

/** Working days are Monday to Friday, 7 to 16 h UTC. */
export const createCalendar = (now: () => number): Calendar => ({
  now,
  day: (ms) => new Date(ms).toISOString().slice(0, 10),
  workingMoment: (ms) => {
    const date = new Date(ms);
    const midnight = ms - (ms % dayMs);
    const spread = (ms * 7919) % ((closes - opens) * hourMs);
    const weekday = date.getUTCDay();
    const toMonday = weekday === 6 ? 2 : weekday === 0 ? 1 : 0;
    if (toMonday > 0) return midnight + toMonday * dayMs + opens * hourMs + spread;
    const hour = date.getUTCHours();
    if (hour >= opens && hour < closes) return ms;
    const next = hour < opens ? 0 : weekday === 5 ? 3 : 1;
    return midnight + next * dayMs + opens * hourMs + spread;
  },
});
