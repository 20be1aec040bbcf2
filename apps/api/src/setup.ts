import { createHash, randomBytes } from "node:crypto";
import type { EventDraft } from "@countersign/audit/draft";
import { features } from "@countersign/audit/features";
import { createRecorder } from "@countersign/audit/recorder";
import { monotonicIds } from "@countersign/audit/uuid7";
import { connect, type Database } from "@countersign/db/client";
import { settingsFromTable } from "@countersign/db/event-type-settings";
import { type Synced, syncEventTypes } from "@countersign/db/event-types";
import { keepEnvelope } from "@countersign/db/outbox";
import { inTransaction, type Transaction } from "@countersign/db/transaction";
import { createFirstUser } from "@countersign/db/users";
import { createPasswords, passwordProblem } from "./accounts/passwords.ts";

/** A password that was given for the first administrator and cannot be accepted; the message is one plain sentence. */
export class SetupError extends Error {
  override name = "SetupError";
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();

/** Keeps an event of the platform itself, from a command instead of a request. */
const keepPlatformEvent = async (tx: Transaction, draft: Omit<EventDraft, "actor" | "source">): Promise<void> => {
  const nextId = monotonicIds(Date.now, randomBytes);
  const settingsOf = await settingsFromTable(tx);
  const recorder = createRecorder({ now: Date.now, nextId, randomBytes, sha256, settingsOf });
  const event = recorder.seal({ ...draft, actor: { type: "platform" }, source: "cli" });
  if (event !== null) await keepEnvelope(tx, nextId(), [event]);
};

/** Brings the event types in line with the catalogue and keeps an event of what changed. */
export const initEvents = (db: Database, force: boolean): Promise<Synced> =>
  syncEventTypes(db, force, (tx, { created, updated, retired }) =>
    keepPlatformEvent(tx, {
      code: "sys_events_synced",
      status: "success",
      object: { type: "event_type", id: "catalogue", label: "event catalogue" },
      changes: {
        created: { old: null, new: created },
        updated: { old: null, new: updated },
        retired: { old: null, new: retired },
      },
    }),
  );

export type Seeded = { createdAdmin: boolean; generatedPassword: string | null };

/**
 * Fills what a new database needs: event types, the Administrator role and the first user `admin`. Does nothing to what
 * stands. Without a password one is made, to be shown once and changed at the first sign-in.
 */
export const seed = async (
  adminUrl: string,
  { adminPassword }: { adminPassword: string | undefined },
): Promise<Seeded> => {
  const db = connect(adminUrl, { name: "setup", max: 2, statementTimeoutMs: 60_000 });
  try {
    await initEvents(db, false);
    const [{ users } = { users: 0 }] = await db.sql<{ users: number }[]>`select count(*)::int as users from users`;
    if (users > 0) return { createdAdmin: false, generatedPassword: null };
    const problem = adminPassword === undefined ? null : passwordProblem(adminPassword, "admin");
    if (problem !== null) throw new SetupError(problems[problem]);
    const generated = adminPassword === undefined ? randomBytes(15).toString("base64url") : null;
    const password = adminPassword ?? generated ?? "";
    const passwordHash = await (await createPasswords()).hash(password);
    const created = await inTransaction(db, async (tx) => {
      const id = await createFirstUser(tx, {
        username: "admin",
        name: "Administrator",
        passwordHash,
        mustChangePassword: generated !== null,
        role: { name: "Administrator", description: "May do everything.", features: Object.keys(features) },
      });
      if (id === null) return false;
      await keepPlatformEvent(tx, {
        code: "sys_setup_completed",
        status: "success",
        object: { type: "system", id: "office", label: "the office" },
        metadata: { administrator: "admin" },
      });
      return true;
    });
    return { createdAdmin: created, generatedPassword: created ? generated : null };
  } finally {
    await db.end(2);
  }
};

const problems: Record<NonNullable<ReturnType<typeof passwordProblem>>, string> = {
  too_short: "COUNTERSIGN_ADMIN_PASSWORD is too short: the first administrator needs at least 15 characters.",
  too_long: "COUNTERSIGN_ADMIN_PASSWORD is too long: at most 128 characters.",
  forbidden_character: "COUNTERSIGN_ADMIN_PASSWORD holds a character that no password may have.",
  common: "COUNTERSIGN_ADMIN_PASSWORD is made of words that stand in every list of stolen passwords; choose another.",
  like_name: "COUNTERSIGN_ADMIN_PASSWORD is too much like the name admin; choose another.",
  too_simple: "COUNTERSIGN_ADMIN_PASSWORD is too simple; choose another.",
};
