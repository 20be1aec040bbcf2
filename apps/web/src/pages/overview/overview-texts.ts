/** The words of the overview. */
export const overviewTexts = {
  title: "Overview",
  refresh: "Read again",
  refreshing: "Reading…",
  readAt: (time: string) => `read ${time}`,
  days: "Days run from midnight to midnight in UTC.",
  today: "today so far",
  figures: {
    label: "Today against the four weeks before",
    events: "Events",
    notSuccess: "Did not succeed",
    signInFailures: "Sign-ins failed",
    criticals: "Critical events",
    open: "Open in the log",
    above: "above the usual",
    never: (weekday: string) => `No earlier ${weekday} to compare with yet.`,
    none: (weeks: number, weekday: string) =>
      weeks === 1 ? `None on the whole ${weekday} before.` : `None on the ${weeks} whole ${weekday}s before.`,
    usual: (weeks: number, weekday: string, least: string, most: string) => {
      const days = weeks === 1 ? `The whole ${weekday} before` : `The ${weeks} whole ${weekday}s before`;
      return least === most ? `${days}: ${most}` : `${days}: ${least} to ${most}`;
    },
  },
  chart: {
    title: "Events by day",
    hint: "The last five weeks by severity. A day opens in the log; arrows walk, Enter opens.",
    table: "Show as table",
    chart: "Show as chart",
    none: "Nothing was recorded in the last five weeks.",
    caption: "Events by day and severity, the newest day first",
    day: "Day",
    all: "Events",
    notSuccess: "Did not succeed",
    read: (day: string, total: string, parts: readonly string[]) =>
      parts.length === 0 ? `${day}: no events` : `${day}: ${total} (${parts.join(", ")})`,
    part: (value: string, severity: string) => `${value} ${severity}`,
    events: (n: number, value: string) => (n === 1 ? "1 event" : `${value} events`),
    scale: "Most on one day:",
  },
  alerts: {
    title: "Open alerts",
    hint: "What the rules found and nobody took note of yet.",
    none: "Nothing waits to be noted.",
    more: "All alerts",
  },
  approvals: {
    title: "Waiting for you",
    hint: "Requests of others that take a second person.",
    none: "No request waits for you.",
    more: "All approvals",
  },
  criticals: {
    title: "Latest critical events",
    hint: "Of the last 28 days, the newest first.",
    none: "No critical event in the last 28 days.",
    more: "All of them in the log",
  },
  newest: {
    title: "Newest acts",
    hint: "What people and services did last, looking at the log left out.",
    none: "Nothing yet. The first act anybody does here stands in this list a second later.",
    more: "The whole log",
  },
  categories: { title: "By category", hint: "The last 7 days.", none: "No events in the last 7 days." },
  severities: { title: "By severity", hint: "The last 7 days.", none: "No events in the last 7 days." },
  failures: {
    title: "What did not succeed",
    hint: "The last 7 days, by event and outcome.",
    none: "Everything succeeded in the last 7 days.",
  },
  networks: {
    title: "Failed sign-ins by network",
    hint: "The last 28 days, of at most 10 000 failures; an IPv6 network is counted as one.",
    none: "No failed sign-in in the last 28 days.",
    last: (when: string) => `last ${when}`,
  },
  actors: {
    title: "Busiest actors",
    leftOut: "",
    none: "Nobody has acted yet.",
  },
  objects: {
    title: "Most acted on",
    leftOut: " Sign-ins and looks at the log are left out.",
    none: "Nothing was acted on yet.",
  },
  ranked: (rows: number, shown: string, since: string) =>
    rows >= 10_000 ? `Of the newest ${shown} events, back to ${since}.` : `Of all ${shown} events, since ${since}.`,
  system: {
    title: "State of the log",
    queue: "Storing",
    idle: "Everything kept is stored",
    waiting: (n: number, value: string) =>
      n === 1 ? "1 event waits to be stored" : `${value} events wait to be stored`,
    oldest: (span: string) => `The oldest was kept ${span} ago.`,
    late: (span: string) => `Storing is ${span} behind. Nothing is lost: what waits is kept in the database.`,
    by: { redis: "The queue is Redis.", postgres: "The queue is PostgreSQL." },
    loss: "The database may lose what it said yes to: its durability is switched off.",
  },
} as const;
