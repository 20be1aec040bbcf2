import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";
import { confirm, patienceMs } from "./app.ts";
import { isMissing } from "./harness.ts";
import { onStage } from "./stage.ts";
import { asSuperuser } from "./superuser.ts";

describe.skipIf(isMissing("chromium"))("erasing personal data", () => {
  const here = onStage();

  beforeEach(async () => {
    await here.visitor.app.signIn("/retention/erasure");
  });

  const post = async (page: Page, path: string, data: object) => {
    const answer = await page.request.post(here.product.url + path, { headers: { origin: here.product.url }, data });
    expect(answer.status()).toBe(200);
    return answer.json();
  };
  const find = async (page: Page, name: string) => {
    await page.getByRole("button", { name: "Erase personal data" }).click();
    await page.getByRole("textbox", { name: "Person" }).fill(name);
    await page.getByRole("button", { name: "Find", exact: true }).click();
    await page.getByRole("radio").first().check();
    await page.getByRole("heading", { name: /^What goes/ }).waitFor({ timeout: patienceMs });
  };

  test("somebody who left is erased under a typed name, with a certificate; the log says so and proves it", async () => {
    const { page, app } = here.visitor;
    const { user } = await post(page, "/api/users", {
      username: "mara",
      name: "Mara Ilic",
      email: "mara@office.example",
    });
    await post(page, `/api/users/${user.id}/deactivate`, { reason: "left the office" });
    await find(page, "Mara");
    const dialog = page.getByRole("dialog");
    await dialog.getByText(/about the account/).waitFor();
    await dialog.getByRole("button", { name: /^Erase \d/ }).click();
    await dialog.getByText("Choose on what ground the data goes.").waitFor();
    await dialog.getByLabel("Legal basis").selectOption({ label: "The person asked for it" });
    await dialog.getByRole("textbox", { name: "Reason" }).fill("File 118");
    await dialog.getByRole("textbox", { name: /^To confirm/ }).fill("mara ilic");
    await dialog.getByRole("button", { name: /^Erase \d/ }).click();
    await dialog.getByText("This is not the same.").waitFor();
    await dialog.getByRole("textbox", { name: /^To confirm/ }).fill("Mara Ilic");
    await dialog.getByRole("button", { name: /^Erase \d/ }).click();
    const manifest = await app.receipt();

    const row = page.getByRole("row").filter({ hasText: `user ${user.id}` });
    await row.getByText("Done").waitFor({ timeout: 30_000 });
    const saved = page.waitForEvent("download");
    await row.getByRole("button", { name: /as text$/ }).click();
    const certificate = readFileSync(await (await saved).path(), "utf8");
    expect(certificate).toContain("CERTIFICATE OF ERASURE");
    expect(certificate).toContain(manifest);
    expect(certificate).toContain("c2sp.org/tlog-proof@v1");
    expect(certificate).not.toContain("Mara");

    await page.goto(`${here.product.url}/log?object=user:${user.id}`);
    await app.rows().first().waitFor({ timeout: patienceMs });
    expect(await app.rows().first().textContent()).toContain("personal parts erased");
    expect(await page.getByText("Mara").count()).toBe(0);
    await app.rows().first().press("Enter");
    await app.drawer().getByText("The personal parts of this event were erased on").waitFor({ timeout: patienceMs });
    await app.drawer().getByText("The person asked for it").waitFor();
    await page.getByRole("tab", { name: "Proof" }).click();
    await page.getByRole("button", { name: "Check in this browser" }).click();
    await app.drawer().getByText("The details are gone.").waitFor({ timeout: patienceMs });
  });

  test("who is protected or active is told before anything can be typed", async () => {
    const { page } = here.visitor;
    await find(page, "admin");
    const dialog = page.getByRole("dialog");
    await dialog.getByText("This account is protected.").waitFor();
    expect(await dialog.getByRole("textbox", { name: /^To confirm/ }).count()).toBe(0);
    expect(await dialog.getByRole("button", { name: /^Erase/ }).count()).toBe(0);
    await dialog.getByRole("textbox", { name: /^Further events/ }).fill("permit 41");
    await dialog.getByRole("textbox", { name: /^Further events/ }).press("Enter");
    await dialog.getByText("This is not the address of a view of the log").waitFor();
  });

  test("an archived month is loaded back for a reason, which the log tells also when it could not be", async () => {
    const { page } = here.visitor;
    const manifest = "0192f5b2-7c1e-7b3a-9d7e-1234567890ab";
    await asSuperuser(here.product.dataDir, async ({ sql }) => {
      await sql`insert into retention_run (state, started_by, started_at, ended_at) values ('done', 'worker', now(), now())`;
      await sql`
        insert into retention_manifest (id, run_id, policy, month, partition, epoch, first_index, last_index, count, rows, bytes,
          bitmap, bitmap_sha256, root, holds_seen, event_id, leaf, leaves_file, details_file, state, planned_at, ended_at)
        select ${manifest}, max(id), 'read', '2024-05-01', 'event_log_read_2024_05', 1, 0, 9, 10, 10, 8192, '', '', '', 0, ${manifest}, '{}',
          'a.leaves.ndjson.gz', 'a.details.ndjson.gz', 'dropped', now(), now() from retention_run on conflict do nothing`;
    });
    await page.reload();
    const row = page.getByRole("row").filter({ hasText: "Reads 2024-05" });
    await row.getByRole("button", { name: /^Load back/ }).click({ timeout: patienceMs });
    const dialog = page.getByRole("dialog");
    await dialog.getByText("10 events can be read in the log again").waitFor();
    await dialog.getByRole("button", { name: "Load back" }).click();
    await dialog.getByText("Say why; it stands in the event.").waitFor();
    await confirm(page, "Load back", "The court asked for it");
    await row.getByText(/is not proven to be in the log/).waitFor({ timeout: 30_000 });
    await page.goto(`${here.product.url}/log?code=sys_archive_loaded`);
    await here.visitor.app.rows().first().press("Enter", { timeout: patienceMs });
    await here.visitor.app.drawer().getByText("The court asked for it").first().waitFor({ timeout: patienceMs });
  });
});
