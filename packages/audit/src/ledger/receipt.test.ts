import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { keyPair, nodeCrypto, sha256 } from "../testing/node-crypto.ts";
import { flipBit } from "../testing/sequence.ts";
import { fromBase64, toBase64 } from "../utf8.ts";
import { receiptText, signReceipt, verifyReceipt } from "./receipt.ts";
import { verifierKey } from "./vkey.ts";

const pair = keyPair(new Uint8Array(32).fill(3));
const signer = { key: verifierKey("log.example/office/receipts", 1, pair.publicKey, sha256), sign: pair.sign };
const item = (id: string) => ({
  id,
  receivedAt: "2026-11-23T03:17:36.123Z",
  leafHash: sha256(new Uint8Array(id.length)),
});
const items = [item("a"), item("bb")];
const receipt = signReceipt("log.example/office", items, signer, sha256);

test("the text names the log, counts the items and commits to their lines", () => {
  const lines = items.map(({ id, receivedAt, leafHash }) => `${id} ${receivedAt} ${toBase64(leafHash)}\n`).join("");
  const hash = createHash("sha256").update(lines).digest("base64");
  expect(receiptText("o", items, sha256)).toBe(`countersign-receipt/1\no\n2\n${hash}\n`);
});
test("a receipt is the key's over just these items, and the same again", () => {
  expect(verifyReceipt(receipt, items, signer.key, nodeCrypto)).toBe("ok");
  expect(signReceipt("log.example/office", items, signer, sha256)).toEqual(receipt);
  expect(receipt.sealWithinS).toBe(60);
});
test.each([
  ["items in another order", {}, items.toReversed()],
  ["an item less", {}, items.slice(1)],
  ["another id", {}, [item("c"), item("bb")]],
  ["another time", {}, [{ ...item("a"), receivedAt: "2026-11-23T03:17:36.124Z" }, item("bb")]],
  ["another hash", {}, [{ ...item("a"), leafHash: flipBit(item("a").leafHash, 9) }, item("bb")]],
  ["another log", { origin: "log.example/other" }, items],
  ["a turned bit", { signature: toBase64(flipBit(fromBase64(receipt.signature) as Uint8Array, 77)) }, items],
  ["no base64", { signature: "?" }, items],
])("a receipt with %s is refused", (_, change, claimed) => {
  expect(verifyReceipt({ ...receipt, ...change }, claimed, signer.key, nodeCrypto)).toBe("bad_signature");
});
test("a receipt of another key is told from a bad one", () => {
  expect(verifyReceipt({ ...receipt, keyId: "00000000" }, items, signer.key, nodeCrypto)).toBe("key_unknown");
});
