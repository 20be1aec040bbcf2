import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { appOn, readEvent, visit } from "./app.ts";
import { findingsOn, views } from "./axe.ts";
import { adminPassword, isMissing, openBrowser, type Product, startProduct } from "./harness.ts";

const secondPassword = "Ferry-Mast-21-Heron-Slate";

describe.skipIf(isMissing("chromium"))("with an administrator whose password was made for them", () => {
  let product: Product;
  let browser: Browser;
  let given: string;

  beforeAll(async () => {
    const started = await startProduct({ COUNTERSIGN_ADMIN_PASSWORD: "" });
    product = started;
    given = /Sign in +admin, password (\S+)/.exec(started.output())?.[1] ?? "";
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });

  test.each(views)("choosing one's own meets WCAG 2.2 AA at $width px", async ({ schemes, width }) => {
    const context = await browser.newContext({ viewport: { width, height: 900 }, bypassCSP: true });
    const page = await context.newPage();
    await page.goto(product.url);
    await appOn(page, product.url).fillSignIn(given);
    await page.getByRole("heading", { name: "Choose your own password" }).waitFor();
    await page.getByRole("button", { name: "Change password" }).click();
    expect(await findingsOn(page, { schemes })).toEqual([]);
    await context.close();
  });

  test("whoever signs in with it is led to choose one, told what is wrong at its field, and then to the page asked for", async () => {
    const { page, app, leave } = await visit(browser, product.url);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    const deep = `${product.url}/permits?status=pending`;
    await page.goto(deep);
    await app.fillSignIn(given);
    const title = page.getByRole("heading", { name: "Choose your own password" });
    await title.waitFor();
    await page.reload();
    await title.waitFor();
    expect(page.url()).toBe(deep);
    expect(await page.getByText("has 15 to 128 characters").count()).toBe(1);

    const field = (name: string) => page.getByRole("textbox", { name, exact: true });
    const errorAt = async (name: string) => {
      const ids = (await field(name).getAttribute("aria-describedby")) ?? "";
      const texts = await Promise.all(ids.split(" ").map((id) => page.locator(`[id="${id}"]`).allTextContents()));
      return texts.flat().join(" ");
    };
    const change = async (current: string, next: string, again = next) => {
      await field("Current password").fill(current);
      await field("New password").fill(next);
      await field("New password, again").fill(again);
      await page.getByRole("button", { name: "Change password" }).click();
    };
    await change(given, adminPassword, `${adminPassword}x`);
    await expect.poll(() => errorAt("New password, again")).toContain("differ");
    await change("not the one that was given", adminPassword);
    await expect.poll(() => errorAt("Current password")).toContain("the current password is wrong");
    await change(given, "short");
    await expect.poll(() => errorAt("New password")).toContain("shorter than 15 characters");
    await change(given, "password password password");
    await expect.poll(() => errorAt("New password")).toContain("stolen passwords");
    await change(given, given);
    await expect.poll(() => errorAt("New password")).toContain("it is the one you have");
    expect(asked.filter((url) => /permits\.|audit\./.test(url))).toEqual([]);

    await change(given, adminPassword);
    await page.getByRole("navigation", { name: "Pages" }).waitFor();
    await page.getByRole("heading", { name: "No permit matches" }).waitFor();
    expect(page.url()).toBe(deep);
    await leave();
  });

  test("from the account menu the password is changed again, and all other sessions end", async () => {
    const one = await visit(browser, product.url);
    const other = await visit(browser, product.url);
    await one.app.signIn("/permits");
    await other.app.signIn("/permits");
    const { page } = one;
    await page.getByRole("button", { name: /^Account of/ }).click();
    await page.getByRole("menuitem", { name: "Profile" }).click();
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByText("All your other sessions end").waitFor();
    await page.getByRole("textbox", { name: "Current password" }).fill(adminPassword);
    await page.getByRole("textbox", { name: "New password", exact: true }).fill(secondPassword);
    await page.getByRole("textbox", { name: "New password, again" }).fill(secondPassword);
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByText(/The password is changed\. \d+ other sessions? ha/).waitFor();

    await other.page.getByRole("link", { name: "Events log" }).click();
    await other.page.getByRole("dialog", { name: "Signed out" }).waitFor();
    const { sentence } = await readEvent(page, product.url, await one.app.receipt());
    expect(sentence).toMatch(/^Administrator changed/);
    expect(await one.app.drawer().textContent()).not.toContain(secondPassword);
    await one.leave();
    await other.leave();
  });
});
