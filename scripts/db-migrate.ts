import { migrate } from "@countersign/db/migrate";
import { seed } from "../apps/api/src/setup.ts";
import { withDatabase } from "./run/database.ts";
import { complain } from "./run/sentence.ts";
import { readSettings } from "./start/settings.ts";

// `--seed` also adds what a new installation needs: event types, roles and the first administrator.
try {
  await withDatabase(async (adminUrl) => {
    const { applied } = await migrate(adminUrl);
    console.log(
      applied === 0 ? "The schema is up to date." : `Applied ${applied} migration${applied === 1 ? "" : "s"}.`,
    );
    if (!process.argv.includes("--seed")) return;
    const { generatedPassword } = await seed(adminUrl, readSettings());
    if (generatedPassword !== null) console.log(`Sign in as admin, password ${generatedPassword} (shown this once).`);
  });
} catch (error) {
  complain(error);
  process.exitCode = 1;
}
