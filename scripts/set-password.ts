import { parseArgs } from "node:util";
import { connect } from "@countersign/db/client";
import { StartError } from "@countersign/db/embedded/start-error";
import { migrate } from "@countersign/db/migrate";
import { setPassword } from "../apps/api/src/setup.ts";
import { withDatabase } from "./run/database.ts";
import { complain } from "./run/sentence.ts";

const usage = 'Say who and why: npm run set-password -- <username> --reason "<why>"';

// The way back in for whoever has the server: gives a user a new password, and the log says so.
try {
  const { values, positionals } = parseArgs({ options: { reason: { type: "string" } }, allowPositionals: true });
  const [username] = positionals;
  const reason = values.reason?.trim();
  if (username === undefined || positionals.length > 1 || !reason) throw new StartError(usage);
  const password = await withDatabase(async (adminUrl) => {
    await migrate(adminUrl);
    const db = connect(adminUrl, { name: "set-password", max: 1 });
    return setPassword(db, username, reason).finally(() => db.end(2));
  });
  console.log(
    `${username} signs in with ${password} and then chooses another. All sessions of ${username} have ended.`,
  );
} catch (error) {
  complain(error);
  process.exitCode = 1;
}
