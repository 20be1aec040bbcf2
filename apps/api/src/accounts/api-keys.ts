import { hash, randomInt, timingSafeEqual } from "node:crypto";
import { featureOfKind } from "@countersign/audit/key-kinds";
import { findUsableKey, type UsableKey } from "@countersign/db/api-keys";
import type { Database } from "@countersign/db/client";
import { isInNetworks, parseNetworks } from "../http/client-ip.ts";
import type { KeyCaller } from "../trpc/context.ts";

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const secretLength = 32;
const checkLength = 6;
const form = new RegExp(`^cs_([0-9A-Za-z]{12})_([0-9A-Za-z]{${secretLength}})_([0-9A-Za-z]{${checkLength}})$`);

const sha256 = (text: string): Buffer => hash("sha256", text, "buffer");
const randomText = (length: number): string => Array.from({ length }, () => digits[randomInt(digits.length)]).join("");
/** Tells a mistyped key from a wrong one without asking the database. */
const checkOf = (publicId: string, secret: string): string =>
  [...sha256(`${publicId}_${secret}`).subarray(0, checkLength)].map((byte) => digits[byte % digits.length]).join("");

/** A new key: the text is shown once, all else is stored. 190 random bits. */
export const newKey = (): { text: string; publicId: string; secretHash: Uint8Array } => {
  const publicId = randomText(12);
  const secret = randomText(secretLength);
  return { publicId, secretHash: sha256(secret), text: `cs_${publicId}_${secret}_${checkOf(publicId, secret)}` };
};

const callerOf = ({ id, name, kind, codes }: UsableKey): KeyCaller => ({
  type: "api_key",
  id,
  name,
  features: new Set([featureOfKind[kind]]),
  codes: new Set(codes),
});

export type ApiKeys = {
  /** Who sends this key; null when it is wrong, revoked or over. `network` when it may not be used from this address. */
  find(text: string, ip: string | undefined): Promise<KeyCaller | "network" | null>;
  /** Reads everything anew: call it when a key was changed. */
  forget(): void;
};

/** The keys of other services, each remembered for `cacheMs`: one revoked elsewhere is refused that much later. */
export const createApiKeys = ({
  db,
  now,
  cacheMs = 1000,
}: {
  db: Database;
  now: () => number;
  cacheMs?: number | undefined;
}): ApiKeys => {
  const known = new Map<string, { key: UsableKey | undefined; until: number }>();
  let changes = 0;
  const load = async (publicId: string): Promise<UsableKey | undefined> => {
    const remembered = known.get(publicId);
    if (remembered !== undefined && now() < remembered.until) return remembered.key;
    const changesBefore = changes;
    const key = await findUsableKey(db, publicId, new Date(now()).toISOString());
    if (known.size >= 10_000) known.clear();
    // What was read while a key was changed may be what stood before.
    if (key !== undefined && changes === changesBefore) known.set(publicId, { key, until: now() + cacheMs });
    return key;
  };
  return {
    find: async (text, ip) => {
      const [, publicId = "", secret = "", check] = form.exec(text) ?? [];
      if (check === undefined || check !== checkOf(publicId, secret)) return null;
      const key = await load(publicId);
      if (key === undefined || !timingSafeEqual(key.secretHash, sha256(secret))) return null;
      const { networks } = key;
      if (networks.length > 0 && !isInNetworks(ip, parseNetworks(networks.join(",")))) return "network";
      return callerOf(key);
    },
    forget: () => {
      changes += 1;
      known.clear();
    },
  };
};
