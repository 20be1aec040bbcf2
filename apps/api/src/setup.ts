import { createHash, randomBytes } from "node:crypto";
import type { EventDraft } from "@countersign/audit/draft";
import { createRecorder } from "@countersign/audit/recorder";
import { monotonicIds } from "@countersign/audit/uuid7";
import { seedAlerts } from "@countersign/db/alert-rules";
import { connect, type Database } from "@countersign/db/client";
import { settingsFromTable } from "@countersign/db/event-type-settings";
import { type Synced, syncEventTypes } from "@countersign/db/event-types";
import { keepEnvelope } from "@countersign/db/outbox";
import { addFeatures, giveRole, insertRole } from "@countersign/db/roles";
import { nameLog } from "@countersign/db/sealing";
import { deleteSessionsOf } from "@countersign/db/sessions";
import { claimSetupStep, findShippedRole, hasUsers, setUpPeople } from "@countersign/db/setup";
import { clearSignInFailures } from "@countersign/db/sign-in-failures";
import { inTransaction, type Transaction } from "@countersign/db/transaction";
import { findSignInUser, insertUser, lockUser, updateUser } from "@countersign/db/users";
import { foldName } from "./accounts/names.ts";
import { createPasswords, passwordProblem } from "./accounts/passwords.ts";
import { signInBucket } from "./accounts/sign-in-limits.ts";
import { shippedRoles } from "./domain/shipped-roles.ts";

/** A password that was given for the first administrator and cannot be accepted; the message is one plain sentence. */
export class SetupError extends Error {
  override name = "SetupError";
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();

/** Keeps events of the platform itself, in their order, from a command instead of a request. */
const keepPlatformEvents = async (
  tx: Transaction,
  ...drafts: Omit<EventDraft, "actor" | "source">[]
): Promise<void> => {
  const nextId = monotonicIds(Date.now, randomBytes);
  const settingsOf = await settingsFromTable(tx);
  const recorder = createRecorder({ now: Date.now, nextId, randomBytes, sha256, settingsOf });
  const events = drafts
    .map((draft) => recorder.seal({ ...draft, actor: { type: "platform" }, source: "cli" }))
    .filter((event) => event !== null);
  if (events.length > 0) await keepEnvelope(tx, nextId(), events);
};

/** Brings the event types in line with the catalogue and keeps an event of what changed. */
export const initEvents = (db: Database, force: boolean): Promise<Synced> =>
  syncEventTypes(db, force, (tx, { created, updated, retired }) =>
    keepPlatformEvents(tx, {
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

/** The shipped roles, made once; the Administrator role also gets every feature that a newer version knows. */
const seedRoles = async (tx: Transaction, at: string): Promise<void> => {
  const administrator = await findShippedRole(tx, "administrator");
  if (administrator !== undefined) await addFeatures(tx, administrator, shippedRoles.administrator.features);
  if (!(await claimSetupStep(tx, "shipped-roles"))) return;
  for (const [shipped, role] of Object.entries(shippedRoles)) {
    if (shipped === "administrator" && administrator !== undefined) continue;
    await insertRole(tx, { ...role, nameFolded: foldName(role.name), shipped }, at);
  }
};

/** What an office is warned of, and how, as long as nobody says otherwise. */
export const seedShippedAlerts = async (tx: Transaction, at: string): Promise<void> => {
  if (await claimSetupStep(tx, "shipped-alerts")) await seedAlerts(tx, at, foldName);
};

export type Seeded = { createdAdmin: boolean; generatedPassword: string | null };

/**
 * Fills what a new database needs: event types, the shipped roles and the first user `admin`, who is protected. Does nothing
 * to what stands. Without a password one is made, to be shown once and changed at the first sign-in.
 */
export const seed = async (
  adminUrl: string,
  { adminPassword, logName }: { adminPassword: string | undefined; logName?: string | undefined },
): Promise<Seeded> => {
  const db = connect(adminUrl, { name: "setup", max: 2, statementTimeoutMs: 60_000 });
  const at = new Date().toISOString();
  try {
    await initEvents(db, false);
    if (logName !== undefined) await nameLog(db, logName);
    await inTransaction(db, (tx) => seedRoles(tx, at));
    await inTransaction(db, (tx) => seedShippedAlerts(tx, at));
    if (await hasUsers(db)) return { createdAdmin: false, generatedPassword: null };
    const problem = adminPassword === undefined ? null : passwordProblem(adminPassword, "admin");
    if (problem !== null) throw new SetupError(problems[problem]);
    const generated = adminPassword === undefined ? randomBytes(15).toString("base64url") : null;
    const password = adminPassword ?? generated ?? "";
    const passwordHash = await (await createPasswords()).hash(password);
    const created = await inTransaction(db, async (tx) => {
      const first = { username: "admin", usernameFolded: "admin", name: "Administrator", email: null };
      if (!(await claimSetupStep(tx, "first-user")) || (await hasUsers(tx))) return false;
      const admin = await insertUser(tx, { ...first, passwordHash, mustChangePassword: generated !== null }, at);
      const role = await findShippedRole(tx, "administrator");
      if (admin === undefined || role === undefined) throw new Error("the first user was not inserted");
      await giveRole(tx, admin.id, role);
      await setUpPeople(tx, admin.id);
      await keepPlatformEvents(tx, {
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

/**
 * Gives a user a new password from the server's own console, the way back in when nobody else may: protected accounts and
 * the last administrator included. It is shown once and must be changed; all sessions of the user end. Throws a
 * `SetupError` when there is no such user.
 */
export const setPassword = async (db: Database, username: string, reason: string): Promise<string> => {
  const password = randomBytes(15).toString("base64url");
  const passwordHash = await (await createPasswords()).hash(password);
  await inTransaction(db, async (tx) => {
    const found = await findSignInUser(tx, foldName(username));
    const user = found === undefined ? undefined : await lockUser(tx, found.id);
    if (user === undefined) throw new SetupError(`There is no user called ${username}.`);
    await updateUser(tx, user.id, { passwordHash, mustChangePassword: true }, new Date().toISOString());
    const sessionsEnded = await deleteSessionsOf(tx, user.id);
    await clearSignInFailures(tx, await signInBucket(tx, user.username));
    const told = { status: "success", notes: reason } as const;
    await keepPlatformEvents(
      tx,
      { ...told, code: "sys_break_glass", object: { type: "system", id: "set-password", label: "set-password" } },
      {
        ...told,
        code: "user_change_password",
        object: { type: "user", id: String(user.id), label: user.name },
        metadata: { reset: true, sessionsEnded },
      },
    );
  });
  return password;
};

const problems: Record<NonNullable<ReturnType<typeof passwordProblem>>, string> = {
  too_short: "COUNTERSIGN_ADMIN_PASSWORD is too short: the first administrator needs at least 15 characters.",
  too_long: "COUNTERSIGN_ADMIN_PASSWORD is too long: at most 128 characters.",
  forbidden_character: "COUNTERSIGN_ADMIN_PASSWORD holds a character that no password may have.",
  common: "COUNTERSIGN_ADMIN_PASSWORD is made of words that stand in every list of stolen passwords; choose another.",
  like_name: "COUNTERSIGN_ADMIN_PASSWORD is too much like the name admin; choose another.",
  too_simple: "COUNTERSIGN_ADMIN_PASSWORD is too simple; choose another.",
};
