import { hash, parseOptions, verify } from "@node-rs/argon2";
import { createWorkLine } from "../work-line.ts";
import { foldName } from "./names.ts";

/** argon2id, 19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet). The package's default kind is argon2id. */
export const hashing = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 } as const;

const passwordLength = { least: 15, most: 128 } as const;

/** More people want to sign in at once than the server can check; nothing was tried. */
export class HashingBusy extends Error {
  override name = "HashingBusy";
}

export type PasswordProblem = "too_short" | "too_long" | "forbidden_character" | "common" | "like_name" | "too_simple";

/** The first thing that speaks against a new password, or null. Lengths count code points after NFC. */
export const passwordProblem = (
  password: string,
  username: string,
  least: number = passwordLength.least,
): PasswordProblem | null => {
  const normal = password.normalize("NFC");
  const letters = [...normal];
  if (letters.length < least) return "too_short";
  if (letters.length > passwordLength.most) return "too_long";
  if (!isHashable(normal)) return "forbidden_character";
  const folded = foldName(password);
  const bare = folded.replace(/[^\p{L}\p{N}]/gu, "");
  if (isCommon(bare)) return "common";
  const name = foldName(username);
  if (name.length >= 3 && folded.replaceAll(name, "").length < 8) return "like_name";
  return new Set(letters).size < 5 || isSequence(bare) ? "too_simple" : null;
};

const commonParts =
  /^(?:password|passwort|kennwort|passphrase|secret|letmein|welcome|willkommen|iloveyou|administrator|admin|root|user|login|test|demo|default|changeme|qwertyuiop|qwerty|asdfghjkl|zxcvbnm|abc|correcthorsebatterystaple|correct|horse|battery|staple|countersign|permit|office|monkey|dragon|football|sunshine|princess|master|is|my|the|this|\d)+$/;

/** Nothing but words that stand in every list of stolen passwords, and digits. */
const isCommon = (bare: string): boolean => commonParts.test(bare);

/** Neighbours of alphabet, digits or keyboard, or one part said again and again. */
const isSequence = (bare: string): boolean => {
  if (/^(.{1,6})\1+.{0,5}$/u.test(bare)) return true;
  const codes = [...bare].map((letter) => letter.codePointAt(0) ?? 0);
  const steps = codes.slice(1).filter((code, index) => Math.abs(code - (codes[index] ?? 0)) === 1);
  return steps.length > codes.length * 0.7;
};

/** Whether this text can be a password at all: no NUL, no half of a surrogate pair, not far over the limit. */
const isHashable = (password: string): boolean =>
  password.length <= passwordLength.most * 4 && !/[\0\p{Surrogate}]/u.test(password);

export type Passwords = {
  /** The encoded hash, to be stored as it is. */
  hash(password: string): Promise<string>;
  /**
   * Whether the password is right, and a new hash to store when the old one was made with other parameters. With
   * null (no such user, no password) it does the same work and says no.
   */
  verify(stored: string | null, password: string): Promise<{ right: boolean; rehashed: string | null }>;
};

/** At most `atOnce` hashings run, `waiting` more wait in line, all others are refused with `HashingBusy`. */
export const createPasswords = async ({ atOnce = 2, waiting = 30 } = {}): Promise<Passwords> => {
  const inLine = createWorkLine({
    atOnce,
    waiting,
    full: () => new HashingBusy("too many passwords are being checked"),
  });
  const make = (password: string) => hash(password.normalize("NFC"), hashing);
  // Made of a text that no password can be, with the current parameters: it costs what a real one costs.
  const nobody = await make("\0nobody");
  return {
    hash: (password) => inLine(() => make(password)),
    verify: (stored, password) =>
      inLine(async () => {
        const right = isHashable(password) && (await verify(stored ?? nobody, password.normalize("NFC")));
        if (!right || stored === null) return { right: false, rehashed: null };
        return { right, rehashed: isCurrent(stored) ? null : await make(password) };
      }),
  };
};

const isCurrent = (stored: string): boolean => {
  const made = parseOptions(stored);
  return (
    stored.startsWith("$argon2id$") &&
    Object.entries(hashing).every(([name, value]) => made[name as keyof typeof hashing] === value)
  );
};
