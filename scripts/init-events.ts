import { connect } from "@countersign/db/client";
import { migrate } from "@countersign/db/migrate";
import { initEvents } from "../apps/api/src/setup.ts";
import { withDatabase } from "./run/database.ts";
import { complain } from "./run/sentence.ts";

// Brings the event types in line with the catalogue. What an administrator edited stays, unless `--force`.
try {
  const { created, updated, kept, retired } = await withDatabase(async (adminUrl) => {
    await migrate(adminUrl);
    const db = connect(adminUrl, { name: "init-events", max: 1 });
    return initEvents(db, process.argv.includes("--force")).finally(() => db.end(2));
  });
  const list = (codes: string[]) => (codes.length > 0 && codes.length <= 10 ? ` (${codes.join(", ")})` : "");
  console.log(
    `Event types: ${created.length} created${list(created)}, ${updated.length} updated${list(updated)}, ` +
      `${kept.length} kept as edited${list(kept)}, ${retired.length} retired${list(retired)}.`,
  );
} catch (error) {
  complain(error);
  process.exitCode = 1;
}
