import { formatVkey, verifierKey } from "@countersign/audit/ledger/vkey";
import { logSigner } from "@countersign/audit/testing/log";
import { sha256 } from "@countersign/audit/testing/node-crypto";
import { expect, test } from "vitest";
import { createTrust, readLogKey } from "./trusted-key.ts";

const first = formatVkey(logSigner(1).key);
const second = formatVkey(logSigner(2).key);
const witness = formatVkey(verifierKey("witness", 4, logSigner(3).key.publicKey, sha256));

const createStore = () => {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  };
};

test("the first key that is offered is remembered, also after a reload, and no later one replaces it", () => {
  const store = createStore();
  const key = { vkey: first, from: "first_sight", since: "2026-11-23" };
  expect(createTrust(store).orFirstOf(["nonsense", witness, first], "2026-11-23")).toEqual(key);
  expect(createTrust(store).orFirstOf([second], "2026-11-24")).toEqual(key);
});

test("a key from outside replaces what was remembered; what is no log's key is refused", () => {
  const trust = createTrust(createStore());
  trust.orFirstOf([first], "2026-11-23");
  expect([trust.use(witness, "2026-11-24"), trust.use(`${second}x`, "2026-11-24")]).toEqual([false, false]);
  expect(trust.current()?.vkey).toBe(first);
  expect(trust.use(` ${second}\n`, "2026-11-24")).toBe(true);
  expect(trust.current()).toEqual({ vkey: second, from: "outside", since: "2026-11-24" });
});

test("a forgotten key leaves nothing behind", () => {
  const store = createStore();
  const trust = createTrust(store);
  trust.use(second, "2026-11-23");
  trust.forget();
  expect([trust.current(), store.kept.size]).toEqual([null, 0]);
});

test("a store with something else in it, or one that refuses, is a browser without a key", () => {
  const store = createStore();
  for (const text of ["{", "7", `{"vkey":"x","from":"outside","since":"y"}`]) {
    store.setItem("countersign-log-key", text);
    expect(createTrust(store).current()).toBeNull();
  }
  const refuse = () => {
    throw new Error("denied");
  };
  const trust = createTrust({ getItem: refuse, setItem: refuse, removeItem: refuse });
  expect(trust.orFirstOf([first], "2026-11-23")?.vkey).toBe(first);
});

test("whoever watches hears of each change", () => {
  const trust = createTrust(createStore());
  let heard = 0;
  const stop = trust.subscribe(() => (heard += 1));
  trust.use(first, "2026-11-23");
  stop();
  trust.forget();
  expect(heard).toBe(1);
  expect(readLogKey(first)?.keyId).toBe(logSigner(1).key.keyId);
});
