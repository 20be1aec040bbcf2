import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type App, appOn, shownChanges } from "./app.ts";
import { adminPassword, isMissing, openBrowser, type Product, startProduct, startRedis } from "./harness.ts";

const noBrowser = isMissing("chromium");
const backends = [
  { queue: "the database", needsRedis: false },
  { queue: "Redis", needsRedis: true },
];

/** An act stands in the log within a second; a test does not fail because its machine is busy. */
const patienceMs = 10_000;

describe.each(backends)("with the queue in $queue", ({ needsRedis }) => {
  describe.skipIf(noBrowser || (needsRedis && isMissing("redisServer")))("", () => {
    let product: Product;
    let redis: Product | null = null;
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    let app: App;
    const complaints: string[] = [];

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
      context = await browser.newContext({
        viewport: { width: 1440, height: 900 },
        timezoneId: "UTC",
        locale: "en-GB",
      });
      page = await context.newPage();
      app = appOn(page, product.url);
      complaints.length = 0;
      page.on("console", (message) => {
        if (/Content Security Policy|Refused to/.test(message.text())) complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(error.message));
    });
    afterEach(async () => {
      await context.close();
      expect(complaints).toEqual([]);
    });

    /** Opens an event from the log and answers what it says. */
    const readEvent = async (id: string) => {
      await page.goto(`${product.url}/log?event=${id}`);
      await app.row(id).waitFor({ timeout: patienceMs });
      const drawer = app.drawer();
      return {
        sentence: await drawer.getByRole("heading", { level: 2 }).textContent(),
        changes: await shownChanges(drawer),
      };
    };

    test("a permit's whole way, and the sign-in that failed before it, stands in the log", async () => {
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

      await page.getByRole("button", { name: "Assign" }).click();
      await page.getByRole("combobox", { name: "User" }).fill("Admin");
      await page.getByRole("option", { name: /Administrator/ }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Assign" }).click();
      const assigned = await app.receipt();

      await page.getByRole("button", { name: "Un-assign" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Un-assign" }).click();
      const unassigned = await app.receipt();
      const done = Date.now();
      const history = page.getByRole("region", { name: "History" });
      await expect.poll(() => history.textContent(), { timeout: patienceMs, interval: 20 }).toContain("reassigned");
      console.log(`the last act stood in the log after ${Date.now() - done} ms`);
      await page.getByRole("button", { name: "Approve" }).hover();
      await expect.poll(() => page.getByRole("tooltip").textContent()).toContain("this one is active");

      expect(await readEvent(created)).toMatchObject({
        sentence: expect.stringMatching(`^Administrator created ${number}`),
        changes: expect.arrayContaining([
          ["Holder", "Harbour Street Market"],
          ["Status", "pending"],
        ]),
      });
      expect(await readEvent(edited)).toEqual({
        sentence: `Administrator changed ${number}: site 12 Harbor Street → to 12 Harbour Street`,
        changes: [["Site", "12 Harbor Street", "12 Harbour Street"]],
      });
      expect(await app.drawer().textContent()).toContain("As on the application");
      expect(await readEvent(approved)).toMatchObject({ changes: [["Status", "pending", "active"]] });
      expect((await readEvent(assigned)).changes).toContainEqual(["Assigned to", "Administrator"]);
      expect((await readEvent(unassigned)).changes).toContainEqual(["Assigned to", "Administrator", "none"]);

      await page.goto(`${product.url}/log?status=failed&code=user_login`);
      await expect.poll(() => app.rows().count()).toBe(1);
      expect(await app.rows().first().getAttribute("aria-label")).toMatch(/tried to sign in as Administrator/);
    });

    test("filters survive reload and Back, and one more click drops them", async () => {
      await app.signIn();
      await page.getByRole("button", { name: "Filter by Outcome" }).click();
      await page.getByRole("checkbox", { name: "failed" }).click();
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Last 7 days" }).click();
      await page.getByRole("button", { name: "Last 24 hours" }).click();
      await page.waitForURL(/status=failed&range=24h|range=24h&status=failed/);
      const failed = await app.rows().count();
      expect(failed).toBeGreaterThan(0);

      await page.reload();
      await expect.poll(() => app.rows().count()).toBe(failed);
      expect(await page.getByRole("button", { name: "Outcome failed" }).count()).toBe(1);

      await page.getByRole("button", { name: "Clear filters" }).click();
      await expect.poll(() => app.rows().count()).toBeGreaterThan(failed);
      await page.goBack();
      await expect.poll(() => app.rows().count()).toBe(failed);
    });

    test("the log is walked, opened, stepped through and left by keyboard alone", async () => {
      await app.signIn();
      await app.rows().nth(3).waitFor();
      const ids = await app.rows().evaluateAll((rows) => rows.map((row) => row.getAttribute("data-event")));
      await page.keyboard.press("j");
      await page.keyboard.press("j");
      await page.keyboard.press("Enter");
      await expect.poll(() => new URL(page.url()).searchParams.get("event")).toBe(ids[1]);
      await page.keyboard.press("j");
      await expect.poll(() => new URL(page.url()).searchParams.get("event")).toBe(ids[2]);
      for (const key of ["[", "[", "]"]) await page.keyboard.press(key);
      await expect.poll(() => page.getByRole("tab", { name: "Context" }).getAttribute("aria-selected")).toBe("true");
      await page.keyboard.press("Escape");
      await expect.poll(() => app.drawer().count()).toBe(0);
      const focused = () => page.locator(":focus").getAttribute("data-event");
      await expect.poll(focused).toBe(ids[2]);

      await page.keyboard.press("/");
      await page.keyboard.type("jk?");
      expect(await page.getByRole("searchbox", { name: "Search the log" }).inputValue()).toBe("jk?");
      await page.keyboard.press("Escape");
      await page.keyboard.press("?");
      await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog", { name: "Keyboard" }).waitFor({ state: "detached" });
      await page.keyboard.press("g");
      await page.keyboard.press("p");
      await page.waitForURL(/\/permits$/);
    });

    test("the chosen appearance holds over a reload", async () => {
      await app.signIn();
      const ground = () => page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
      expect(await ground()).toBe("rgb(246, 247, 249)");
      await page.getByRole("button", { name: /^Account of Administrator/ }).click();
      await page.getByRole("menuitemradio", { name: "Dark" }).click();
      await expect.poll(ground).toBe("rgb(15, 18, 22)");
      await page.reload();
      await app.rows().first().waitFor();
      expect(await ground()).toBe("rgb(15, 18, 22)");
    });

    test("when the session ends, the sign-in stands over the page and nothing typed is lost", async () => {
      await app.signIn("/permits/new");
      await page.getByRole("textbox", { name: "Holder", exact: true }).fill("Quayside Events");
      await context.clearCookies();
      await page.getByRole("button", { name: "Create permit" }).click();
      const dialog = page.getByRole("dialog", { name: "Signed out" });
      await dialog.getByRole("textbox", { name: "Password" }).fill(adminPassword);
      await dialog.getByRole("button", { name: "Sign in" }).click();
      await dialog.waitFor({ state: "detached" });
      expect(await page.getByRole("textbox", { name: "Holder", exact: true }).inputValue()).toBe("Quayside Events");
      await page.getByRole("button", { name: "Create permit" }).click();
      expect(await app.receipt()).toMatch(/^[0-9a-f-]{36}$/);
    });

    test("whoever is signed out is led to the page that was asked for, and the old addresses to the log", async () => {
      await page.goto(`${product.url}/permits?status=pending`);
      await page.waitForURL(/\/sign-in\?to=/);
      await app.fillSignIn(adminPassword);
      await page.waitForURL(`${product.url}/permits?status=pending`);
      for (const path of ["/admin/permits/event/", "/admin/permits/eventlog/"]) {
        await page.goto(product.url + path);
        await page.waitForURL(/\/log$/);
      }
    });
  });
});
