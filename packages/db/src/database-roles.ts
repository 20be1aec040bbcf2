import { createHmac } from "node:crypto";
import postgres from "postgres";

export const roleNames = {
  owner: "countersign_owner",
  api: "countersign_api",
  worker: "countersign_worker",
  queue: "countersign_queue",
  /** Owns the only functions that move, drop or empty what is in the log; nobody signs in as it. */
  retention: "countersign_retention",
} as const;
type Login = Exclude<keyof typeof roleNames, "owner" | "retention">;

export type ConnectionUrls = Record<Login, string> & {
  /** False when the administrator's account may not create roles: then all share it, and only triggers guard the log. */
  separateRoles: boolean;
};

/** Nobody has to store these: whoever knows the administrator's password derives them, and no role learns another's. */
const passwordOf = (adminPassword: string, role: Login): string =>
  createHmac("sha256", adminPassword).update(`countersign/${role}/1`).digest("base64url");

const adminPasswordOf = (adminUrl: string): string => decodeURIComponent(new URL(adminUrl).password);

const mayCreateRoles = async (sql: postgres.Sql): Promise<boolean> => {
  const [row] = await sql`select rolsuper or rolcreaterole as may from pg_roles where rolname = current_user`;
  return row?.may === true;
};

/** Creates the roles that are missing and sets their passwords. False when the account may not, or has no password itself. */
export const createRoles = async (sql: postgres.Sql, adminUrl: string): Promise<boolean> => {
  const adminPassword = adminPasswordOf(adminUrl);
  if (adminPassword === "" || !(await mayCreateRoles(sql))) return false;
  for (const [key, role] of Object.entries(roleNames)) {
    const isLogin = key !== "owner" && key !== "retention";
    const login = isLogin ? `login password '${passwordOf(adminPassword, key as Login)}'` : "nologin";
    // What retention's functions do to the tables they do as their owner would.
    const inherit = key === "retention" ? "inherit" : "noinherit";
    await sql.unsafe(`do $$ begin create role ${role} nologin; exception when duplicate_object then null; end $$`);
    await sql
      .unsafe(`alter role ${role} nosuperuser nocreatedb nocreaterole ${inherit} ${login}`)
      .catch(ignoreSameUpdate);
  }
  const [database] = await sql`select quote_ident(current_database()) as name`;
  await sql.unsafe(`
    grant ${roleNames.owner}, ${roleNames.queue}, ${roleNames.retention} to current_user;
    grant ${roleNames.owner} to ${roleNames.retention};
    grant create on database ${database?.name} to ${roleNames.owner};
    grant usage, create on schema public to ${roleNames.owner};
    create schema if not exists bullmq authorization ${roleNames.queue};
  `);
  return true;
};

/** Two databases of one cluster that migrate at once write the same row of pg_authid; either's result is right. */
const ignoreSameUpdate = (error: unknown): void => {
  if (!(error instanceof Error && error.message.includes("tuple concurrently updated"))) throw error;
};

/** The addresses for the api, the worker and the queue, each under its own least-privileged role where there is one. */
export const connectionUrls = async (adminUrl: string): Promise<ConnectionUrls> => {
  const sql = postgres(adminUrl, { max: 1, onnotice: () => undefined });
  try {
    const [row] = await sql`select exists (select from pg_roles where rolname = ${roleNames.api}) as made`;
    const separateRoles = row?.made === true && adminPasswordOf(adminUrl) !== "" && (await mayCreateRoles(sql));
    const urlOf = (role: Login): string => {
      if (!separateRoles) return adminUrl;
      const url = new URL(adminUrl);
      url.username = roleNames[role];
      url.password = passwordOf(adminPasswordOf(adminUrl), role);
      return url.href;
    };
    return { api: urlOf("api"), worker: urlOf("worker"), queue: urlOf("queue"), separateRoles };
  } finally {
    await sql.end({ timeout: 2 });
  }
};
