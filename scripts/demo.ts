import { migrate } from "@countersign/db/migrate";
import { seed } from "../apps/api/src/setup.ts";
import { fillOffice, halfYear } from "./demo/fill.ts";
import { profiles } from "./demo/people.ts";
import { withDatabase } from "./run/database.ts";
import { complain } from "./run/sentence.ts";
import { readSettings } from "./start/settings.ts";

// Fills a new office with half a year of its work.
try {
  const startedAt = Date.now();
  await withDatabase(async (adminUrl) => {
    await migrate(adminUrl);
    const { generatedPassword } = await seed(adminUrl, readSettings());
    if (generatedPassword !== null) console.log(`Sign in as admin, password ${generatedPassword}   (shown this once)`);
    const { permits, documents, users, events, password } = await fillOffice(adminUrl, halfYear);
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    console.log(
      `The office has ${permits} permits, ${documents} documents, ${users} users and ${events} events of ${halfYear.days} days, made in ${seconds} s.`,
    );
    const names = profiles.map(({ username }) => username).join(", ");
    console.log(`Sign in as ${names}: password ${password}   (shown this once)`);
  });
} catch (error) {
  complain(error);
  process.exitCode = 1;
}
