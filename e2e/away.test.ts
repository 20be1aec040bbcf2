import type { Locator, Page } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";
import { leaveFirstSteps, patienceMs } from "./app.ts";
import { isMissing } from "./harness.ts";
import { onStage } from "./stage.ts";

/** Puts a proxy before the server whose upstream is gone. */
const cutOff = async (page: Page) => {
  const gone = "**/{trpc,health}/**";
  await page.route(gone, (route) => route.fulfill({ status: 502, contentType: "text/html", body: "<h1>502</h1>" }));
  return () => page.unroute(gone);
};

/** As over plain http. */
const withoutClipboard = (page: Page) =>
  page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, "clipboard"));

const selectedIn = (field: Locator) =>
  field.evaluate((area: HTMLTextAreaElement) => area.value.slice(area.selectionStart, area.selectionEnd));

describe.skipIf(isMissing("chromium"))("when the server or whoever reads is away", () => {
  const here = onStage();

  beforeEach(() => leaveFirstSteps(here.visitor.page));

  test("the first page stands with failed cards when every call but the sign-in fails", async () => {
    const { app, page } = here.visitor;
    await app.signIn("/permits");
    await page.route(/\/trpc\/(?!auth\.me)/, (route) => route.fulfill({ status: 500, json: {} }));
    await page.goto(here.product.url);
    await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor({ timeout: patienceMs });
    await page
      .getByRole("region", { name: "By category" })
      .getByRole("alert")
      .waitFor({ timeout: 2 * patienceMs });
  });

  test("whoever holds no right lands on their own profile", async () => {
    const { app, page } = here.visitor;
    await app.signIn("/permits");
    await page.route(/\/trpc\/[^?]*auth\.me/, async (route) => {
      const response = await route.fetch();
      const text = (await response.text()).replace(/"features":\[[^\]]*\]/, '"features":[]');
      await route.fulfill({ response, body: text });
    });
    await page.goto(here.product.url);
    await page.waitForURL(/\/profile$/);
  });

  test("a proxy that answers in the server's place counts as silence: what was read stays, and what failed is read once it answers", async () => {
    const { app, page } = here.visitor;
    await app.signIn("/");
    const card = page.getByRole("region", { name: "By category" });
    await card.getByRole("listitem").first().waitFor({ timeout: patienceMs });
    const letBack = await cutOff(page);
    await page.getByRole("button", { name: "Read again" }).click();
    const note = page.getByText(/^No connection to the server since/);
    await note.waitFor({ timeout: patienceMs });
    await card.getByRole("alert").waitFor({ timeout: 2 * patienceMs });
    expect(await card.getByRole("listitem").count()).toBeGreaterThan(0);
    await letBack();
    await note.waitFor({ state: "detached", timeout: 2 * patienceMs });
    await card.getByRole("alert").waitFor({ state: "detached", timeout: patienceMs });
  });

  test("a form that was open when the server fell silent is off until it answers", async () => {
    const { app, page } = here.visitor;
    await app.signIn("/users");
    await page.getByRole("button", { name: "Add user" }).click();
    const dialog = page.getByRole("dialog");
    const letBack = await cutOff(page);
    await page.evaluate(() => window.dispatchEvent(new Event("offline")));
    await dialog.getByText("Off while the server does not answer.").waitFor({ timeout: patienceMs });
    expect(await dialog.locator('button[type="submit"]').getAttribute("aria-disabled")).toBe("true");
    await letBack();
    await dialog
      .getByText("Off while the server does not answer.")
      .waitFor({ state: "detached", timeout: 2 * patienceMs });
    expect(await dialog.locator('button[type="submit"]').getAttribute("aria-disabled")).toBe("false");
  });

  test.each([
    ["/", 30],
    ["/integrity", 5],
  ])("%s is not read on while nobody is at it, so that the session ends as the office says", async (path, everyS) => {
    const { app, page } = here.visitor;
    await page.clock.install();
    await app.signIn(path);
    let asked = 0;
    await page.route(/integrity\.status/, (route) => {
      asked += 1;
      return route.continue();
    });
    await page.mouse.move(200, 200);
    await page.clock.runFor(2 * everyS * 1000);
    await expect.poll(() => asked, { timeout: patienceMs }).toBeGreaterThan(0);
    await page.clock.runFor(180_000);
    const before = asked;
    await page.clock.runFor(600_000);
    expect(asked).toBe(before);
    await page.mouse.move(300, 300);
    await expect.poll(() => asked, { timeout: patienceMs }).toBeGreaterThan(before);
  });

  test("a list that takes its time can be given up and asked for again", async () => {
    const { app, page } = here.visitor;
    await app.signIn("/permits");
    let isHeld = true;
    await page.route(/users\.list/, async (route) => {
      await expect.poll(() => isHeld, { timeout: 3 * patienceMs }).toBe(false);
      // Whoever gave up is gone; the one who asks again is answered.
      await Promise.allSettled([route.continue()]);
    });
    await page.getByRole("link", { name: "Users" }).click();
    await page.getByText("Still being read.").waitFor({ timeout: patienceMs });
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("Not read: cancelled.").waitFor();
    isHeld = false;
    await page.getByRole("button", { name: "Retry" }).click();
    await page
      .getByRole("link", { name: /Administrator/ })
      .first()
      .waitFor({ timeout: patienceMs });
  });

  test("signing out that does not work says so, and can be tried again", async () => {
    const { app, page } = here.visitor;
    await app.signIn("/permits");
    await page.route(/auth\.signOut/, (route) => route.fulfill({ status: 500, json: {} }));
    await page.getByRole("button", { name: "Account of" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    const note = page.getByRole("alert").filter({ hasText: "You are still signed in" });
    await note.waitFor({ timeout: patienceMs });
    await page.unroute(/auth\.signOut/);
    await note.getByRole("button", { name: "Retry" }).click();
    await page.waitForURL(/\/sign-in/);
  });

  test("where the browser gives no clipboard the text stands there, selected", async () => {
    const { app, page } = here.visitor;
    await withoutClipboard(page);
    await app.signIn("/integrity");
    const root = page.getByRole("region", { name: "Newest checkpoint" });
    await root.getByRole("button", { name: "Copy note" }).click();
    await root.getByText(/^The browser gives no clipboard/).waitFor();
    const selected = await selectedIn(root.getByRole("textbox", { name: "Copy note" }));
    expect(selected.split("\n").length).toBeGreaterThan(3);
  });

  test("so does what was asked of a menu of the log or of the palette, and the focus goes back", async () => {
    const { app, page } = here.visitor;
    await withoutClipboard(page);
    await app.signIn("/log");
    const sheet = page.getByRole("dialog").filter({ hasText: "The browser gives no clipboard" });
    const copied = async () => {
      const field = sheet.getByRole("textbox");
      await expect.poll(() => field.evaluate((area) => area === document.activeElement)).toBe(true);
      const text = await selectedIn(field);
      await page.keyboard.press("Escape");
      await sheet.waitFor({ state: "detached" });
      return text;
    };
    const row = app.rows().first();
    const id = (await row.getAttribute("data-event", { timeout: patienceMs })) ?? "";
    await row.focus();
    await page.keyboard.press(".");
    await page.getByRole("menuitem", { name: /^Actor/ }).click();
    await page.getByRole("menuitem", { name: "Copy", exact: true }).click();
    expect(await copied()).toBe("Administrator");
    await expect.poll(() => page.locator(":focus").getAttribute("data-event")).toBe(id);

    await page.keyboard.press("Enter");
    await app.drawer().getByRole("tab", { name: "Context" }).click();
    const values = app.drawer().getByRole("button", { name: "Actor: filter or copy" });
    await values.click();
    await page.getByRole("menuitem", { name: "Copy", exact: true }).click();
    expect(await copied()).toMatch(/Administrator|user:1/);
    await expect.poll(() => values.evaluate((element) => element === document.activeElement)).toBe(true);

    await page.getByRole("menu").waitFor({ state: "detached" });
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Search or go to" }).fill("Copy link");
    await page.getByRole("option", { name: "Copy link", exact: true }).click();
    expect(await copied()).toBe(`${here.product.url}/log?event=${id}`);
  });

  test("a line of the networks opens the failed sign-ins of that network alone", async () => {
    const { app, page } = here.visitor;
    await page.goto(`${here.product.url}/sign-in`);
    await app.fillSignIn("not the password");
    await page.getByRole("alert").waitFor();
    await app.signIn("/");
    const card = page.getByRole("region", { name: "Failed sign-ins by network" });
    await card.getByRole("link").first().click({ timeout: patienceMs });
    await page.waitForURL((url) => url.pathname === "/log" && url.searchParams.has("network"));
    const asked = Object.fromEntries(new URL(page.url()).searchParams);
    expect(asked).toMatchObject({ code: "user_login", status: "failed,denied" });
    await app.rows().first().waitFor({ timeout: patienceMs });
  });

  test("a proof file is computed in the browser, and what is none is refused in words", async () => {
    const { app, page } = here.visitor;
    await app.signIn("/log");
    const id = (await app.rows().last().getAttribute("data-event", { timeout: patienceMs })) ?? "";
    await page.goto(`${here.product.url}/integrity`);
    const panel = page.getByRole("region", { name: "Check a proof file" });
    const choose = panel.locator('input[type="file"]');
    await choose.setInputFiles({ name: "letter.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7") });
    await panel.getByText(/^letter\.pdf was not checked: its first line is not that of a log proof/).waitFor();
    const proof = await page.request.get(`${here.product.url}/api/audit/events/${id}/proof.tlog-proof`);
    await choose.setInputFiles({ name: "event.tlog-proof", mimeType: "text/plain", buffer: await proof.body() });
    await panel.getByText("This event is intact.").waitFor();
    await panel.getByText(id).waitFor();
    const table = page.getByRole("table", { name: "Signed checkpoints, the newest first" });
    expect(await table.getByRole("row").count()).toBeGreaterThan(1);
  });

  test("what is refused is not asked for again: each refusal is an event", async () => {
    const { app, page } = here.visitor;
    await page.clock.install();
    await app.signIn("/permits");
    let asked = 0;
    await page.route(/alerts\.open/, async (route) => {
      asked += 1;
      const names = new URL(route.request().url()).pathname.slice("/trpc/".length).split(",");
      const refusal = {
        error: {
          json: {
            message: "This needs the feature alerts.read, which none of your roles has.",
            code: -32003,
            data: { code: "FORBIDDEN", httpStatus: 403, reason: "forbidden", requestId: "r1" },
          },
        },
      };
      await route.fulfill({ status: 403, json: names.map(() => refusal) });
    });
    await page.reload();
    await expect.poll(() => asked, { timeout: patienceMs }).toBe(1);
    await page.getByRole("heading", { name: "Permits", level: 1 }).waitFor();
    for (let halfMinute = 0; halfMinute < 6; halfMinute += 1) {
      await page.mouse.move(200 + halfMinute, 200);
      await page.clock.runFor(31_000);
    }
    expect(asked).toBe(1);
  });
});
