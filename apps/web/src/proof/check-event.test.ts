import { browserCrypto } from "@countersign/audit/ledger/browser-crypto";
import { formatNote, parseNote } from "@countersign/audit/ledger/note";
import { formatLogProof, verifyLogProof } from "@countersign/audit/ledger/proof";
import { inclusionProof } from "@countersign/audit/ledger/proof-nodes";
import { logSigner, makeRow, noteAt, origin, trust } from "@countersign/audit/testing/log";
import { sha256 } from "@countersign/audit/testing/node-crypto";
import { levelsOf, sourceOf } from "@countersign/audit/testing/tree";
import { fromBase64, toBase64, toHex } from "@countersign/audit/utf8";
import { expect, test } from "vitest";
import type { LogEntry } from "../api.ts";
import { checkEvent, type GivenProof } from "./check-event.ts";
import { shownPrint } from "./shown-values.ts";

const rows = Array.from({ length: 21 }, (_, number) => makeRow(number));
const hashes = rows.map(({ leafHash }) => leafHash);
const index = 5;
const row = rows[index]!;
const key = logSigner(1).key;
const note = noteAt(hashes, rows.length);
const proof = inclusionProof(index, rows.length, sourceOf(levelsOf(hashes)), sha256);
const given: GivenProof = {
  id: row.id,
  epoch: 1,
  file: formatLogProof({ index, leaf: row.leaf, proof, note }),
  details: row.details,
  salt: toBase64(row.salt!),
};
const milliseconds = (time: string) => time.replace("000Z", "Z");
const shown: LogEntry = {
  id: row.id,
  code: row.code,
  name: "Permit approved",
  category: row.category,
  severity: row.severity,
  status: "success",
  policy: row.policy,
  occurredAt: milliseconds(row.occurredAt),
  receivedAt: milliseconds(row.receivedAt),
  actor: { type: row.actorType, id: row.actorId, label: null, roles: [] },
  object: { type: "permit", id: "5", label: null },
  target: { type: "user", id: "9", label: null },
  objectDescription: null,
  changes: null,
  errorMessage: null,
  notes: "note 5",
  ip: null,
  userAgent: null,
  requestMethod: row.requestMethod,
  endpoint: row.endpoint,
  requestId: row.requestId,
  source: row.source,
  sourceLabel: null,
  approvalId: row.approvalId,
  metadata: null,
  leafHash: toHex(row.leafHash),
  erased: false,
  held: false,
};
const checked = (changes: { given?: Partial<GivenProof>; shown?: Partial<LogEntry>; key?: typeof key | null } = {}) =>
  checkEvent({
    given: { ...given, ...changes.given },
    shown: { ...shown, ...changes.shown },
    key: changes.key === undefined ? key : changes.key,
    witnesses: [],
    crypto: browserCrypto,
  });
const unfitting = (check: ReturnType<typeof checked>) =>
  check.steps.filter(({ state }) => state !== "fits").map(({ part, state }) => `${part} ${state}`);
const fileWith = (other: object) => formatLogProof({ index, leaf: row.leaf, proof, note, ...other });

test("an untouched event fits in every step, and stands at its place", () => {
  const check = checked();
  expect(check).toMatchObject({ verdict: "intact", place: { index: 5, size: 21 } });
  expect(check.way).toEqual({ hashes: proof.map((hash) => Buffer.from(hash).toString("base64")), checkpoint: note });
  expect(check.steps.map(({ part }) => part)).toEqual(["leaf", "place", "signature", "details", "shown"]);
  expect(unfitting(check)).toEqual([]);
  expect(check.steps[1]?.sentence).toBe("5 hashes lead from the leaf to the root over 21 events.");
});

test("each thing that was changed is named by the step that it does not fit", () => {
  const cases: [string[], Parameters<typeof checked>[0]][] = [
    [["shown differs"], { shown: { severity: "low" } }],
    [["shown differs"], { shown: { notes: "another note" } }],
    [["shown differs"], { shown: { object: { type: "permit", id: "5", label: "P-9" } } }],
    [["leaf differs"], { shown: { leafHash: "00".repeat(32) } }],
    [["details differs", "shown open"], { given: { details: row.details!.replace("note 5", "note 6") } }],
    [["details differs", "shown open"], { given: { salt: toBase64(new Uint8Array(32)) } }],
    [["details differs", "shown open"], { given: { salt: "short" } }],
    [["details differs", "shown open"], { given: { salt: null } }],
    [["details open", "shown open"], { given: { salt: null, details: null } }],
    [["details differs", "shown open"], { given: { details: '{"notes":"\\ud800"}' } }],
    [["place differs"], { given: { file: fileWith({ index: 6 }) } }],
    [["place differs"], { given: { file: fileWith({ proof: proof.slice(1) }) } }],
    [
      ["leaf differs", "place differs", "shown differs"],
      { given: { file: fileWith({ leaf: row.leaf.replace("high", "low") }) } },
    ],
    [["signature differs"], { given: { file: fileWith({ note: noteAt(hashes, 21, logSigner(2)) }) } }],
    [["signature differs"], { given: { epoch: 2 } }],
    [["signature open"], { key: null }],
    [["place open", "signature differs"], { given: { file: fileWith({ note: "no note" }) } }],
    [["leaf differs"], { given: { file: "no proof" } }],
  ];
  for (const [expected, changes] of cases) expect([changes, unfitting(checked(changes))]).toEqual([changes, expected]);
});

test("another event's whole proof is not taken for this one's", () => {
  const other = makeRow(7);
  const file = formatLogProof({
    index: 7,
    leaf: other.leaf,
    proof: inclusionProof(7, rows.length, sourceOf(levelsOf(hashes)), sha256),
    note,
  });
  const check = checked({ given: { file, details: other.details, salt: toBase64(other.salt!) } });
  expect(check.verdict).toBe("differs");
  expect(unfitting(check)).toEqual(["leaf differs", "shown differs"]);
});

test("without a key, or with erased details, nobody is told that all is intact", () => {
  expect(checked({ key: null }).verdict).toBe("partly");
  expect(checked({ given: { details: null, salt: null } }).verdict).toBe("partly");
});

test("what is shown otherwise stands beside what was sealed; a hold may replace the retention", () => {
  const [difference] = checked({ shown: { status: "denied" } }).steps.filter(({ part }) => part === "shown");
  expect(difference?.sentence).toBe("Shown, but sealed otherwise: outcome “denied”, sealed as “success”.");
  expect(checked({ shown: { policy: "held" } }).verdict).toBe("intact");
  expect(checked({ shown: { policy: "session" } }).verdict).toBe("differs");
});

test("the steps call exactly those files intact that the verifier calls so", () => {
  const opening = { details: row.details!, salt: fromBase64(given.salt!)! };
  const { file } = given;
  for (let at = 0; at < file.length; at += 3) {
    const flipped = file.slice(0, at) + String.fromCharCode(file.charCodeAt(at) ^ 1) + file.slice(at + 1);
    const verified = verifyLogProof(flipped, trust, browserCrypto, opening);
    expect([at, checked({ given: { file: flipped } }).verdict === "intact"]).toEqual([at, verified.ok]);
  }
});

test("two readings of an event are told apart by whatever they show", () => {
  const full = { ...shown, leaf: row.leaf, details: row.details };
  expect(shownPrint(full)).toBe(shownPrint(shown));
  const others: Partial<LogEntry>[] = [
    { status: "denied" },
    { notes: null },
    { actor: { ...shown.actor, label: "Ada" } },
    { leafHash: "00" },
  ];
  for (const other of others) expect(shownPrint({ ...shown, ...other })).not.toBe(shownPrint(shown));
});

test("further signatures of keys that nobody knows are passed over", () => {
  const parsed = parseNote(note);
  const other = parseNote(noteAt(hashes, rows.length, logSigner(2)));
  if (!parsed.ok || !other.ok) throw new Error("no note");
  const both = formatNote({
    text: parsed.value.text,
    signatures: [...parsed.value.signatures, ...other.value.signatures],
  });
  const check = checked({ given: { file: fileWith({ note: both }) } });
  expect(check.verdict).toBe("intact");
  expect(check.steps[2]?.sentence).toContain(`signed by ${origin}, key ${key.keyId}`);
});
