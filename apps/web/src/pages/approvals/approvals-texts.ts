import { rightWords } from "../../right-words.ts";

const plural = (value: number, one: string, many: string) => `${value} ${value === 1 ? one : many}`;

/** The words of the approvals, apart from the others: they are loaded with them. */
export const approvalsTexts = {
  title: "Approvals",
  loading: "Reading the requests",
  boxesLabel: "Which requests",
  boxes: { forMe: "For me", mine: "Mine", closed: "Closed" },
  list: { forMe: "Requests that wait for you", mine: "Your requests", closed: "Closed requests" },
  empty: {
    forMe: [
      "Nothing waits for you",
      "Requests that you can decide appear here: acts of others that need a second person.",
    ],
    mine: [
      "You have asked for nothing",
      "When something you do needs a second person, it waits here until somebody decides.",
    ],
    closed: ["No request is closed yet", "Approved, refused, withdrawn and expired requests stay here."],
  } as const,
  noRight: `Deciding takes the right ${rightWords("approvals.decide")}, which your roles do not hold. What others closed is under Closed.`,
  more: "Show more",
  arrived: (n: number) => `${plural(n, "more request waits", "more requests wait")} for you.`,
  gone: (n: number) => `${plural(n, "of these no longer waits", "of these no longer wait")}.`,
  show: "Show",
  readAgain: "Read again",
  ask: "ask to",
  asks: "asks to",
  asked: "asked to",
  you: "You",
  number: (id: number) => `#${id}`,
  states: {
    pending: "waiting",
    approved: "approved and done",
    refused: "refused",
    withdrawn: "withdrawn",
    expired: "expired",
    failed: "not done",
  },
  reason: "Why",
  changes: "What would change",
  changed: "What was to change",
  noFields: "No field changes.",
  askedAt: (when: string) => `Asked ${when}`,
  closedAt: (when: string) => `Closed ${when}`,
  over: "Time is up",
  soon: "Less than a minute left",
  units: (value: number, unit: string) => plural(value, unit, `${unit}s`),
  left: (time: string) => `${time} left`,
  quorum: (approved: number, needed: number) => `${approved} of ${needed} people have approved`,
  decided: { approved: "approved", refused: "refused" },
  deciders: "Can decide it:",
  nobody:
    "Nobody else can decide it: it takes approvals.decide and the right to the act itself. Somebody has to be given both, or it expires.",
  stale: "It can no longer be done as asked.",
  staleNext: "Refuse it, or let it be withdrawn; it can be asked for anew.",
  whyStale: "It can no longer be done as it was asked for.",
  bound: (sha256: string) => `Bound to ${sha256.slice(0, 16)}…`,
  boundTitle:
    "SHA-256 over the event, the exact input and the state of the object. Nothing else can be approved under it.",
  open: (name: string) => `Look at ${name}`,
  event: "Event of the act",
  approve: "Approve",
  refuse: "Refuse",
  withdraw: "Withdraw",
  approveTitle: (id: number) => `Approve request #${id}`,
  approveEffect: (who: string, words: string) => `It is done at once, as ${who}: ${words}.`,
  approveMore: (who: string, words: string, more: number) =>
    `${who} asks to ${words}. It is done once ${plural(more, "more person approves", "more people approve")} it.`,
  refuseTitle: (id: number) => `Refuse request #${id}`,
  refuseEffect: (who: string, words: string) =>
    `Nothing is done: ${who} is not to ${words}. The reason is kept and shown.`,
  withdrawTitle: (id: number) => `Withdraw request #${id}`,
  withdrawEffect: (words: string) => `You no longer ask to ${words}. Nothing is done.`,
  done: {
    approved: (id: number) => `Request #${id} is approved, and done.`,
    pending: (id: number) => `Request #${id} has your approval and waits for others.`,
    refused: (id: number) => `Request #${id} is refused.`,
    withdrawn: (id: number) => `Request #${id} is withdrawn.`,
  },
  keys: "J and K step through the requests, A approves, R refuses; each asks once more.",
} as const;
