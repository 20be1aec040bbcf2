import type { LogProofFault, LogProofRefusal } from "@countersign/audit/ledger/proof";

const plural = (value: string, one: string, many: string) => `${value} ${value === "1" ? one : many}`;

/** The words around proofs, apart from the others: they are loaded with the pages that need them. */
export const proofTexts = {
  tab: {
    intro:
      "Each event stands at one place in a hash tree whose root is signed. This browser can compute the way from this event to the signature by itself.",
    check: "Check in this browser",
    checkAgain: "Check again",
    checking: "Checking…",
    recorded: "That you asked for the proof is recorded, as every look at the log.",
    download: "Download proof",
    downloading: "Fetching…",
    saved: (name: string) =>
      `Saved as ${name}. It holds no personal details; anybody can check it without this server.`,
    waitingTitle: "Not sealed yet",
    waiting: "The event is stored and gets its place in the tree with the next seal, mostly within seconds.",
    leafHash: "Leaf hash",
    place: "Place",
    placeOf: (index: string, size: string) => `${index} of ${size}`,
    placeHint: "Counted from 0, among the events that the newest checkpoint signs.",
    steps: "What was computed here",
  },
  way: {
    hashes: (n: number) =>
      n === 1 ? "The hash beside the way to the root" : `The ${n} hashes beside the way to the root`,
    checkpoint: "The signed checkpoint",
  },
  verdict: {
    intact: "This event is intact.",
    differs: "This event does not fit what was signed.",
    partly: "What could be checked fits. Not everything could.",
  },
  see: (parts: readonly string[]) => `See below: ${parts.join(", ")}.`,
  states: { fits: "fits", differs: "does not fit", open: "not checked" },
  parts: {
    leaf: "Leaf",
    place: "Place in the tree",
    signature: "Signature",
    details: "Details",
    shown: "What is shown",
  },
  leaf: {
    fits: "SHA-256 over the leaf, computed here, gives the leaf hash that is stored with the event.",
    other: "The proof is about another event.",
    unreadable: "The leaf cannot be read as an event.",
    hashDiffers: "SHA-256 over the leaf, computed here, is not the hash that is stored with the event.",
    noProof: "The proof has not the form of one.",
  },
  file: {
    leaf: "The leaf reads as an event, and SHA-256 over it, computed here, begins the way to the root.",
    refused: {
      too_long: "it is larger than any proof can be.",
      encoding: "it is not text in UTF-8.",
      header: "its first line is not that of a log proof (c2sp.org/tlog-proof@v1).",
      leaf: "the line with the event is missing or was cut.",
      index: "the line with the place of the event is missing or no number.",
      hash: "one of the hashes on the way to the root is none.",
      no_checkpoint: "it ends before the signed checkpoint.",
    } satisfies Record<LogProofRefusal, string>,
  },
  place: {
    fits: (hashes: string, size: string) =>
      `${plural(hashes, "hash leads", "hashes lead")} from the leaf to the root over ${plural(size, "event", "events")}.`,
    differs: "From this leaf, at this place, no way leads to the signed root. The leaf or its place was changed.",
    open: "Without a checkpoint there is no root to reach.",
  },
  signature: {
    fits: (name: string, keyId: string) =>
      `The root is signed by ${name}, key ${keyId}, the key that this browser trusts.`,
    open: "There is no trusted key to check the signature with.",
    faults: {
      malformed: "The checkpoint has not the form of one.",
      other_origin: "The checkpoint is of another log.",
      key_unknown:
        "The key that this browser trusts did not sign the root. Ask whoever runs this log, by another way, whether it has a new key.",
      bad_signature: "The signature does not fit the checkpoint: it was changed, or signed by another key.",
    } satisfies Partial<Record<LogProofFault, string>>,
    cosigned: (name: string) => `Cosigned by the witness ${name}.`,
  },
  details: {
    fits: "Details and salt open the commitment in the leaf: names, changes and messages are those that were sealed.",
    differs: "The details are not those that the leaf commits to: names, changes or messages were changed.",
    half: "Of details and salt one is gone, so nothing opens the commitment in the leaf.",
    erased: "The details are gone. Whether an erasure removed them, only a verification of the log can tell.",
    open: "Without a readable leaf there is nothing to open.",
  },
  shown: {
    fits: "Every value that this page shows of the event is in the sealed leaf or its details.",
    leafOnly: "What is shown out of the leaf is as it was sealed. Names, changes and messages are not proven.",
    differs: (names: readonly string[]) => `Shown, but sealed otherwise: ${names.join("; ")}.`,
    pair: (name: string, shown: string, sealed: string) => `${name} “${shown}”, sealed as “${sealed}”`,
    open: "Without a readable leaf there is nothing to compare with.",
    nothing: "nothing",
  },
  fields: {
    id: "event id",
    code: "event type",
    category: "category",
    severity: "severity",
    status: "outcome",
    policy: "retention",
    occurredAt: "time it happened",
    receivedAt: "time it was kept",
    actorType: "kind of actor",
    actorId: "actor",
    objectType: "kind of object",
    objectId: "object",
    targetType: "kind of target",
    targetId: "target",
    requestMethod: "request method",
    endpoint: "endpoint",
    requestId: "request id",
    source: "source",
    approvalId: "approval",
    details: "names, changes or messages",
  },
  key: {
    title: "Trusted key",
    firstSight: (since: string) =>
      `Remembered by this browser since ${since}, as this server named it then. A key from outside is worth more.`,
    outside: (since: string) => `Given by you on ${since}.`,
    none: "None yet. With the first check this browser remembers the key that the server names (trust on first use), and holds every later check against it.",
    copy: "Copy",
    paste: "Use a key from outside",
    field: "Public key (vkey)",
    hint: "The line that was handed to you by another way than this page: name, key id and key with + between them.",
    use: "Trust this key",
    cancel: "Cancel",
    wrong: "This is no public key of a log: name+8 hex digits+base64.",
    forget: "Forget it",
    changed:
      "The server now names another key than the one that this browser trusts. That happens when a key is replaced, and when a log is.",
  },
} as const;
