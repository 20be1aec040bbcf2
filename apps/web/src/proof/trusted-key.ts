import { browserCrypto } from "@countersign/audit/ledger/browser-crypto";
import { parseVkey, signatureType, type VerifierKey } from "@countersign/audit/ledger/vkey";
import { useSyncExternalStore } from "react";

/** The log's public key that this browser holds every signature against. */
export type TrustedKey = {
  vkey: string;
  /** `first_sight`: as the server named it at the first check; `outside`: given by a person. */
  from: "first_sight" | "outside";
  since: string;
};

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const storageKey = "countersign-log-key";

const isTrustedKey = (value: unknown): value is TrustedKey =>
  typeof value === "object" &&
  value !== null &&
  "vkey" in value &&
  typeof value.vkey === "string" &&
  "since" in value &&
  typeof value.since === "string" &&
  "from" in value &&
  (value.from === "first_sight" || value.from === "outside") &&
  readLogKey(value.vkey) !== null;

/** A log's key out of its line; null for anything else, a witness's key included. */
export const readLogKey = (vkey: string): VerifierKey | null => {
  const key = parseVkey(vkey.trim(), browserCrypto.sha256);
  return key?.type === signatureType.note ? key : null;
};

/** Keeps one key where nobody but this browser can change it. What cannot be read there counts as none. */
export const createTrust = (store: Store) => {
  const listeners = new Set<() => void>();
  const parse = (text: string | null): TrustedKey | null => {
    try {
      const value: unknown = JSON.parse(text ?? "null");
      return isTrustedKey(value) ? value : null;
    } catch {
      return null;
    }
  };
  const storedText = (): string | null => {
    try {
      return store.getItem(storageKey);
    } catch {
      return null;
    }
  };
  let current = parse(storedText());
  const change = (key: TrustedKey | null): void => {
    current = key;
    try {
      if (key === null) store.removeItem(storageKey);
      else store.setItem(storageKey, JSON.stringify(key));
    } catch {
      // A browser that keeps nothing trusts for as long as the page is open; the page shows since when.
    }
    for (const listener of listeners) listener();
  };
  return {
    current: (): TrustedKey | null => current,
    /** The key to hold a signature against: the one that is trusted, else the first that is offered, from now on. */
    orFirstOf: (offered: readonly string[], now: string): TrustedKey | null => {
      const [first] = offered.filter((vkey) => readLogKey(vkey) !== null);
      if (current === null && first !== undefined) change({ vkey: first, from: "first_sight", since: now });
      return current;
    },
    /** Trusts a key that was given from outside; false when it is none. */
    use: (vkey: string, now: string): boolean => {
      if (readLogKey(vkey) === null) return false;
      change({ vkey: vkey.trim(), from: "outside", since: now });
      return true;
    },
    forget: (): void => change(null),
    subscribe: (listener: () => void): (() => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

const memory: Store = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };

/** What this browser trusts. */
export const trust = createTrust(typeof localStorage === "undefined" ? memory : localStorage);

export const useTrustedKey = (): TrustedKey | null => useSyncExternalStore(trust.subscribe, trust.current);
