import { randomBytes } from "node:crypto";
import type { Agenda } from "./agenda.ts";
import type { Chance } from "./chance.ts";
import type { Caller, Office } from "./office.ts";
import { type Profile, profiles, type Username } from "./people.ts";

export type Staff = {
  /** Somebody who has signed in today; signs in first when not. */
  of: (username: Username) => Promise<Caller>;
  idOf: (username: Username) => number;
  /** Adds the account of somebody, who then chooses a password. */
  hire: (username: Username) => Promise<void>;
  leaveFor: (username: Username) => Promise<void>;
  /** The password that all of them have chosen. */
  password: string;
};

const reasonNotToStay = 0.35;

/** The people of the office: made by the first administrator, each with a password of their own choosing. */
export const employ = (office: Office, agenda: Agenda, chance: Chance, now: () => number): Staff => {
  const password = `office-${randomBytes(9).toString("base64url")}`;
  const ids = new Map<Username, number>();
  const callers = new Map<Username, { caller: Caller; day: string | null }>();
  const profileOf = (username: Username): Profile => {
    const profile = profiles.find((one) => one.username === username);
    if (profile === undefined) throw new Error(`nobody is called ${username}`);
    return profile;
  };

  const hire: Staff["hire"] = async (username) => {
    const { name, role, ip, userAgent } = profileOf(username);
    const administrator = await office.asAdministrator();
    const { items } = await administrator.roles.list({ limit: 200 });
    const roleId = items.find(({ shipped }) => shipped === role)?.id;
    if (roleId === undefined) throw new Error(`the role ${role} was removed from this office`);
    const made = await administrator.users.create({
      username,
      name,
      email: `${username}@office.example`,
      roleIds: [roleId],
    });
    ids.set(username, made.user.id);
    const caller = office.from(ip, userAgent);
    await caller.trpc.auth.signIn.mutate({ username, password: made.password ?? "" });
    await caller.trpc.auth.changePassword.mutate({ currentPassword: made.password ?? "", newPassword: password });
    callers.set(username, { caller, day: null });
  };

  const signIn = async (username: Username, caller: Caller): Promise<void> => {
    if (chance.isTrue(0.04)) {
      const wrong = caller.trpc.auth.signIn.mutate({ username, password: `${password}x` });
      await wrong.catch(() => undefined);
    }
    await caller.trpc.auth.signIn.mutate({ username, password });
    if (chance.isTrue(reasonNotToStay)) {
      agenda.at(now() + chance.whole(2, 6) * 3_600_000, () => leaveFor(username));
    }
  };

  const leaveFor: Staff["leaveFor"] = async (username) => {
    const known = callers.get(username);
    if (known === undefined || known.day === null) return;
    known.day = null;
    await known.caller.trpc.auth.signOut.mutate().catch(() => undefined);
  };

  const of: Staff["of"] = async (username) => {
    const known = callers.get(username);
    if (known === undefined) throw new Error(`${username} does not work here`);
    // Most stay signed in for some days at their own desk; a new week begins with a password.
    const week = String(Math.floor(now() / (3.5 * 86_400_000)));
    if (known.day !== week) {
      known.day = week;
      await signIn(username, known.caller);
    }
    return known.caller;
  };

  return {
    of,
    hire,
    leaveFor,
    password,
    idOf: (username) => ids.get(username) ?? 0,
  };
};
