import { beforeAll, describe, expect, test } from "vitest";
import { appOn, readEvent, shownChanges, visit } from "./app.ts";
import { firstLoad } from "./first-load.ts";
import { adminPassword, isMissing } from "./harness.ts";
import { onStage } from "./stage.ts";

describe.skipIf(isMissing("chromium"))("on every page", () => {
  const here = onStage();

  beforeAll(async () => {
    const { page, app, leave } = await visit(here.browser, here.product.url);
    await page.goto(`${here.product.url}/permits/new`);
    await app.fillSignIn("Not-The-Password-Of-Admin");
    await page.getByRole("alert").getByText("wrong").waitFor();
    await app.signIn("/permits/new");
    await page.getByRole("textbox", { name: "Holder", exact: true }).fill("Harbour Street Market");
    await page.getByRole("button", { name: "Create permit" }).click();
    await app.receipt();
    await leave();
  });

  test("filters survive reload and Back, and one more click drops them", async () => {
    const { app, page } = here.visitor;
    await app.signIn();
    await page.getByRole("combobox", { name: "Search the log" }).fill("outcome: failed");
    await page.getByRole("option", { name: /^failed/ }).click();
    await page.getByRole("button", { name: "Last 7 days" }).click();
    await page.getByRole("button", { name: "Last 24 hours" }).click();
    await page.waitForURL(/status=failed&range=24h/);
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
    const { app, page } = here.visitor;
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
    expect(await page.getByRole("combobox", { name: "Search the log" }).inputValue()).toBe("jk?");
    await page.keyboard.press("Escape");
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
    const { app, page } = here.visitor;
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
    const { app, context, page } = here.visitor;
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

  test("whoever is signed out is led to the page that was asked for, and the old addresses to the new ones", async () => {
    const { app, page } = here.visitor;
    await page.goto(`${here.product.url}/permits?status=pending`);
    await page.waitForURL(/\/sign-in\?to=/);
    await app.fillSignIn(adminPassword);
    await page.waitForURL(`${here.product.url}/permits?status=pending`);
    for (const [before, now] of [
      ["/admin/permits/event/", "/events"],
      ["/admin/permits/eventlog/", "/log"],
    ] as const) {
      await page.goto(here.product.url + before);
      await page.waitForURL(here.product.url + now);
    }
  });

  test("when somebody else was faster, both versions stand side by side and nothing is overwritten unseen", async () => {
    const { app, context, page } = here.visitor;
    await app.signIn("/permits/1/edit");
    await page.getByLabel("Site").fill("Pier 4");
    const other = await context.newPage();
    await other.goto(`${here.product.url}/permits/1/edit`);
    await other.getByLabel("Site").fill("Pier 9");
    await other.getByRole("button", { name: "Save changes" }).click();
    await appOn(other, here.product.url).receipt();
    await other.close();

    await page.getByRole("button", { name: "Save changes" }).click();
    const conflict = page.getByRole("alert", { name: "Somebody else changed this permit" });
    await conflict.waitFor();
    expect(await shownChanges(conflict)).toEqual([["Site", "Pier 4", "Pier 9"]]);
    await conflict.getByRole("button", { name: "Save mine over it" }).click();
    expect((await readEvent(page, here.product.url, await app.receipt())).changes).toEqual([
      ["Site", "Pier 9", "Pier 4"],
    ]);
  });

  test("the first load of the log stays within 250 kB of script and 45 kB of style, compressed", async () => {
    const { app, page } = here.visitor;
    const sizes = await firstLoad(page, async () => {
      await app.signIn();
      await app.rows().first().waitFor();
    });
    console.log(`first load: ${sizes.script} bytes of script, ${sizes.stylesheet} of style`);
    expect(sizes.script).toBeLessThan(250_000);
    expect(sizes.stylesheet).toBeLessThan(45_000);
    expect(sizes.script).toBeGreaterThan(50_000);
  });

  test("whoever guesses is told to wait, and the button counts down", async () => {
    const { app, page } = here.visitor;
    await page.goto(`${here.product.url}/sign-in`);
    const told = () => page.getByRole("alert").textContent();
    for (let guess = 0; guess < 8 && !(await told())?.includes("Try again in"); guess += 1) {
      await app.fillSignIn(`A-Guess-Number-${guess}-Of-Many`, "mallory");
      await expect.poll(told).toMatch(/wrong|Try again in/);
      await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
    }
    expect(await told()).toMatch(/^Too many attempts\. Try again in \d+ s\.$/);
    const before = await told();
    await expect.poll(told, { timeout: 3_000 }).not.toBe(before);
  });
});
