import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { patienceMs, readEvent, type Visit, visit } from "./app.ts";
import { adminPassword, isMissing, openBrowser, type Product, startProduct, startRedis } from "./harness.ts";

const noBrowser = isMissing("chromium");
const backends = [
  { queue: "the database", needsRedis: false },
  { queue: "Redis", needsRedis: true },
];

describe.each(backends)("with the queue in $queue", ({ needsRedis }) => {
  describe.skipIf(noBrowser || (needsRedis && isMissing("redisServer")))("", () => {
    let product: Product;
    let redis: Product | null = null;
    let browser: Browser;
    let visitor: Visit;

    beforeAll(async () => {
      redis = needsRedis ? await startRedis() : null;
      product = await startProduct(redis ? { REDIS_URL: redis.url } : {});
      browser = await openBrowser();
    });
    afterAll(async () => {
      await browser?.close();
      await product?.stop();
      await redis?.stop();
    });
    beforeEach(async () => {
      visitor = await visit(browser, product.url);
    });
    afterEach(() => visitor.leave());

    test("a permit's whole way, and the sign-in that failed before it, stands in the log", async () => {
      const { page, app } = visitor;
      await page.goto(`${product.url}/permits`);
      await app.fillSignIn("Not-The-Password-Of-Admin");
      await expect.poll(() => page.getByRole("alert").textContent()).toBe("The name or the password is wrong.");
      await app.fillSignIn(adminPassword);
      await page.waitForURL(`${product.url}/permits`);

      await page.getByRole("link", { name: "New permit" }).first().click();
      await page.getByRole("textbox", { name: "Holder", exact: true }).fill("Harbour Street Market");
      await page.getByLabel("Site").fill("12 Harbor Street");
      await page.getByRole("button", { name: "Create permit" }).click();
      const created = await app.receipt();
      const number = await page.getByRole("heading", { level: 1 }).textContent();
      expect(number).toMatch(/^P-\d{4}-000001$/);

      await page.getByRole("link", { name: "Edit" }).click();
      await page.getByLabel("Site").fill("12 Harbour Street");
      await page.getByLabel(/^Reason/).fill("As on the application");
      await page.getByRole("button", { name: "Save changes" }).click();
      const edited = await app.receipt();

      await page.getByRole("button", { name: "Approve" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
      const approved = await app.receipt();

      await app.chooseAct("Assign");
      await page.getByRole("combobox", { name: "User" }).fill("Admin");
      await page.getByRole("option", { name: /Administrator/ }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Assign" }).click();
      const assigned = await app.receipt();

      await app.chooseAct("Un-assign");
      await page.getByRole("dialog").getByRole("button", { name: "Un-assign" }).click();
      const unassigned = await app.receipt();
      const done = Date.now();
      const history = page.getByRole("region", { name: "History" });
      await expect.poll(() => history.textContent(), { timeout: patienceMs, interval: 20 }).toContain("reassigned");
      console.log(`the last act stood in the log after ${Date.now() - done} ms`);
      await page.getByRole("button", { name: "More", exact: true }).click();
      expect(await page.getByRole("menuitem", { name: /^Approve/ }).textContent()).toContain("this one is active");

      expect(await readEvent(page, product.url, created)).toMatchObject({
        sentence: expect.stringMatching(`^Administrator created ${number}`),
        changes: expect.arrayContaining([
          ["Holder", "Harbour Street Market"],
          ["Status", "pending"],
        ]),
      });
      expect(await readEvent(page, product.url, edited)).toEqual({
        sentence: `Administrator changed ${number}: site 12 Harbor Street → to 12 Harbour Street`,
        changes: [["Site", "12 Harbor Street", "12 Harbour Street"]],
      });
      expect(await app.drawer().textContent()).toContain("As on the application");
      expect(await readEvent(page, product.url, approved)).toMatchObject({
        changes: [["Status", "pending", "active"]],
      });
      expect((await readEvent(page, product.url, assigned)).changes).toContainEqual([
        "Assigned to",
        "none",
        "Administrator",
      ]);
      expect((await readEvent(page, product.url, unassigned)).changes).toContainEqual([
        "Assigned to",
        "Administrator",
        "none",
      ]);

      await page.goto(`${product.url}/log?status=failed&code=user_login`);
      await expect.poll(() => app.rows().count()).toBe(1);
      expect(await app.rows().first().getAttribute("aria-label")).toMatch(/tried to sign in as Administrator/);
    });
  });
});
