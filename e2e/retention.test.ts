import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { patienceMs, type Visit, visit } from "./app.ts";
import { adminPassword, isMissing, openBrowser, startProduct, type WholeProduct } from "./harness.ts";
import { asSuperuser } from "./superuser.ts";

describe.skipIf(isMissing("chromium"))("retention and holds", () => {
  let product: WholeProduct;
  let browser: Browser;
  let visitor: Visit;

  beforeAll(async () => {
    product = await startProduct();
    browser = await openBrowser();
    visitor = await visit(browser, product.url);
    await visitor.app.signIn("/permits/new");
  });
  afterAll(async () => {
    await visitor?.leave();
    await browser?.close();
    await product?.stop();
  });

  test("a hold is placed on a permit, counted before, marked in the log and released", async () => {
    const { app, page } = visitor;
    await page.getByRole("textbox", { name: "Holder", exact: true }).fill("Harbour Street Market");
    await page.getByRole("button", { name: "Create permit" }).click();
    await app.receipt();

    await page.keyboard.press("g");
    await page.keyboard.press("r");
    await page.getByRole("heading", { level: 1, name: "Retention & holds" }).waitFor();
    await page.getByRole("row", { name: /^Decisions 10 years/ }).waitFor();
    await page.getByText("No hold is in force").waitFor();
    await page.getByRole("button", { name: "Place a hold" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Place hold" }).click();
    await dialog.getByText("Give it a name.").waitFor();
    await dialog.getByText("Say which one.").waitFor();
    await dialog.getByLabel("Name of the hold").fill("Appeal 14/26");
    await dialog.getByLabel("Its number").fill("1");
    await dialog.getByText("It is on 1 event now").waitFor({ timeout: patienceMs });
    await dialog.getByLabel(/^Reason/).fill("The court asked for it");
    await dialog.getByRole("button", { name: "Place hold" }).click();
    await app.receipt();
    await page.getByRole("row", { name: /^Appeal 14\/26.*Everything about permit 1.*by Administrator/ }).waitFor();

    await page.goto(`${product.url}/log?code=permit_create`);
    await app.rows().first().getByText("on hold").waitFor({ timeout: patienceMs });

    await page.goto(`${product.url}/retention`);
    await page.getByRole("button", { name: "Release Appeal 14/26" }).click();
    await page.getByRole("dialog").getByText("1 event falls back under its ordinary period").waitFor();
    await page
      .getByRole("dialog")
      .getByLabel(/^Reason/)
      .fill("The appeal is over");
    await page.getByRole("dialog").getByRole("button", { name: "Release" }).click();
    await app.receipt();
    await page.getByText("No hold is in force").waitFor();
    await page.getByRole("button", { name: "Show 1 released" }).click();
    await page.getByText("by Administrator: The appeal is over").waitFor();
  });

  test("a run that was asked for tells what it left alone and why, and its event stands in the log", async () => {
    const { app, page } = visitor;
    await asSuperuser(product.dataDir, async ({ sql }) => {
      await sql`select ensure_partition('read', '2023-03-15'::timestamptz)`;
      await sql`insert into event_log (id, policy, code, category, severity, status, occurred_at, received_at, actor_type, source, leaf, leaf_hash)
        values (uuid7_floor('2023-03-15'), 'read', 'permit_read', 'permit', 'info', 'success', '2023-03-15', '2023-03-15', 'platform', 'app', '{}', '')`;
      await sql`insert into event_day (day, code, severity, status, shard, count) values ('2023-03-15', 'permit_read', 'info', 'success', 0, 1)`;
    });
    await page.goto(`${product.url}/retention`);
    await page.getByText("1 month due and left alone").waitFor({ timeout: patienceMs });
    await page.getByText("By month").click();
    await page.getByRole("row", { name: /^March 2023 Reads 1 0 .* Stays: the log was not verified/ }).waitFor();
    await page.getByRole("button", { name: "Run now" }).click();
    await page
      .getByRole("dialog")
      .getByLabel(/^Reason/)
      .fill("Before the inspection");
    await page.getByRole("dialog").getByRole("button", { name: "Run now" }).click();
    const asked = await app.receipt();
    await page.getByRole("cell", { name: /^1 month left alone\./ }).waitFor({ timeout: patienceMs });
    await page.getByRole("button", { name: "Months of run 1" }).click();
    await page.getByText("March 2023, Reads: left alone, the log was not verified since its last event").waitFor();
    await page.goto(`${product.url}/log?event=${asked}`);
    await app.drawer().getByText("asked for run 1 of retention").waitFor({ timeout: patienceMs });
  });

  test("an auditor sees everything and can do nothing of it, and is told which right each takes", async () => {
    await asSuperuser(product.dataDir, async ({ sql }) => {
      await sql`insert into users (username, username_folded, name, password_hash)
        select 'auditor', 'auditor', 'Ada Lind', password_hash from users where username = 'admin'`;
      await sql`insert into user_roles (user_id, role_id) select u.id, r.id from users u, roles r
        where u.username = 'auditor' and r.shipped = 'auditor'`;
    });
    const other = await visit(browser, product.url);
    await other.page.goto(`${product.url}/retention`);
    await other.app.fillSignIn(adminPassword, "auditor");
    for (const [name, right] of [
      ["Run now", "retention.manage"],
      ["Place a hold", "retention.hold"],
    ] as const) {
      const button = other.page.getByRole("button", { name }).first();
      await button.waitFor();
      expect(await button.getAttribute("aria-disabled")).toBe("true");
      expect(await button.textContent()).toContain(right);
    }
    await other.leave();
  });
});
