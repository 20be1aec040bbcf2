import { mkdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { StartError } from "@countersign/db/embedded/start-error";
import postgres from "postgres";

/** Throws `StartError` when another program listens on the port. */
export async function requireFreePort(port: number): Promise<void> {
  const code = await new Promise<string>((resolve) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve("")));
  });
  if (code === "") return;
  if (code === "EACCES")
    throw new StartError(`This user may not listen on port ${port}; choose one above 1023 in PORT.`);
  throw new StartError(`Port ${port} is taken by another program; end it, or choose another port in PORT.`);
}

/** Makes the data folder. Throws `StartError` when it cannot be written. */
export async function requireWritable(dataDir: string): Promise<void> {
  const probe = join(dataDir, `.probe-${process.pid}`);
  try {
    await mkdir(dataDir, { recursive: true });
    await writeFile(probe, "");
    await rm(probe);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new StartError(
      `The data folder ${dataDir} cannot be written (${code}); make it yours, or choose another in DATA_DIR.`,
    );
  }
}

type PostgresFacts = { place: string; version: string; warning: string | null };

/** Throws `StartError` unless the server answers, lets us in, is PostgreSQL 15 or newer and keeps what it commits. */
export async function requirePostgres(url: string, acceptLoss: boolean): Promise<PostgresFacts> {
  if (!URL.canParse(url) || !/^postgres(ql)?:$/.test(new URL(url).protocol)) {
    throw new StartError("DATABASE_URL is not a postgres:// address.");
  }
  const { host, pathname, username } = new URL(url);
  const place = `${host}${pathname}`;
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => undefined });
  try {
    const [row] = await sql<{ number: number; version: string; standby: boolean; loose: string | null }[]>`
      select current_setting('server_version_num')::int as number, current_setting('server_version') as version,
             pg_is_in_recovery() as standby,
             (select string_agg(name, ', ') from pg_settings where setting = 'off'
               and name in ('fsync', 'full_page_writes', 'synchronous_commit')) as loose`;
    if (!row) throw new StartError(`PostgreSQL at ${place} gave no answer.`);
    if (row.number < 150_000) {
      throw new StartError(`PostgreSQL at ${place} is version ${row.version}; 15 or newer is needed.`);
    }
    if (row.standby)
      throw new StartError(`PostgreSQL at ${place} is a standby and takes no writes; give the primary's address.`);
    const warning = row.loose && `PostgreSQL at ${place} has ${row.loose} off and may lose what it has confirmed`;
    if (warning && !acceptLoss) throw new StartError(`${warning}; set it to on.`);
    return { place, version: row.version.split(" ")[0] ?? row.version, warning };
  } catch (error) {
    throw error instanceof StartError ? error : new StartError(refusal(error, place, username), { cause: error });
  } finally {
    await sql.end({ timeout: 1 });
  }
}

function refusal(error: unknown, place: string, user: string): string {
  const { code = "unknown" } = error as { code?: string };
  const known: Record<string, string> = {
    "28P01": `PostgreSQL at ${place} refuses the user or password of DATABASE_URL; correct them.`,
    "28000": `PostgreSQL at ${place} does not let ${user || "this user"} in from here; see its pg_hba.conf.`,
    "3D000": `PostgreSQL at ${place} has no database of that name; create it, or correct DATABASE_URL.`,
  };
  return (
    known[code] ??
    `PostgreSQL at ${place} cannot be reached (${code}); start it, or correct DATABASE_URL, or unset it to use the one that comes along.`
  );
}
