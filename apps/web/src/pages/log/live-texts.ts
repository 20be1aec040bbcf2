const rows = (n: number) => (n === 1 ? "1 new event" : `${n} new events`);

/** The words of the live log and its lamps, loaded with the page. */
export const liveTexts = {
  button: "Live",
  pastRange: "The range ends before now, so nothing new can come into it.",
  line: {
    connecting: "connecting",
    "catching-up": "catching up",
    live: "live",
    paused: "paused",
    refused: "stopped",
  },
  lost: (time: string) => `no connection since ${time}`,
  pausedBy: { scroll: "Paused while you read further down.", selection: "Paused while something is selected." },
  refusedTitle: "New events are not shown",
  refusedHolds: "What is in the list stays; new events are kept all the same.",
  turnOff: "Turn live off",
  countedAt: (time: string) => `Counts are from ${time}; new events are not in them.`,
  countAgain: "Count again",
  arrived: rows,
  lamps: {
    label: "State of the log",
    storedNow: "All stored, now",
    stored: (age: string) => `All stored, ${age} ago`,
    storedHint: "Every event that was kept stands in the log.",
    settling: (n: string) => `${n} on the way`,
    settlingHint: "Kept, and in the log within a second or two.",
    late: (n: string, age: string) => `${n} not stored, oldest ${age}`,
    lateHint: "They are kept and safe, and not in the log yet. The worker may not be running.",
    proved: (index: string, age: string) => `Proved to #${index}, ${age} ago`,
    unknown: "State of the log not read",
    opens: "Open Integrity",
  },
} as const;
