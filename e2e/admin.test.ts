import type { Page } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";
import { confirm, patienceMs, readEvent, visit } from "./app.ts";
import { isMissing } from "./harness.ts";
import { onStage } from "./stage.ts";

const cell = (page: Page, name: string) => page.getByRole("checkbox", { name, exact: true });

/** Adds a role without rights; its own page is open afterwards. */
const addRole = async (page: Page, url: string, name: string) => {
  await page.goto(`${url}/roles`);
  await page.getByRole("button", { name: "New role" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("button", { name: "Add role" }).click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
};

describe.skipIf(isMissing("chromium"))("who runs the office", () => {
  const here = onStage();

  beforeEach(async () => {
    await here.visitor.app.signIn("/roles");
  });

  test("gives and takes rights in the matrix, sees whom it reaches, and finds an event of each", async () => {
    const { page } = here.visitor;
    await cell(page, "Clerk may approve and reject applications").click();
    await cell(page, "Clerk may enter applications").click();
    await page.getByText("2 changes: 1 given, 1 taken").waitFor();
    await page.getByText("Nobody holds these roles now.").waitFor();
    await cell(page, "Clerk may enter applications").press("ArrowDown");
    await expect
      .poll(() => page.locator(":focus").getAttribute("aria-label"))
      .toBe("Clerk may change the fields of a permit");

    const protectedCell = cell(page, "Administrator may enter applications");
    expect(await protectedCell.getAttribute("aria-disabled")).toBe("true");
    await protectedCell.click({ force: true });
    expect(await protectedCell.isChecked()).toBe(true);
    await page.getByRole("status").getByText("it keeps every right").waitFor();

    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("All 2 changes are kept.").waitFor();
    const link = page
      .getByRole("listitem")
      .filter({ hasText: /Clerk is given .*\(permits\.approve\)/ })
      .getByRole("link");
    const id = new URL((await link.getAttribute("href")) ?? "", here.product.url).searchParams.get("event") ?? "";
    await page.reload();
    expect(await cell(page, "Clerk may approve and reject applications").isChecked()).toBe(true);
    expect(await cell(page, "Clerk may enter applications").isChecked()).toBe(false);
    expect((await readEvent(page, here.product.url, id)).sentence).toContain("permits.approve");
  });

  test("sees which change was refused and why, while the others are kept", async () => {
    const { context, page } = here.visitor;
    await addRole(page, here.product.url, "Archive");
    await page.goto(`${here.product.url}/roles`);
    await cell(page, "Operator may see permits and their history").click();
    await cell(page, "Archive may see permits and their history").click();
    const other = await context.newPage();
    await other.goto(`${here.product.url}/roles`);
    await other.getByRole("link", { name: "Archive" }).click();
    await other.getByRole("button", { name: "More", exact: true }).click();
    await other.getByRole("menuitem", { name: "Delete" }).click();
    await confirm(other, "Delete", "Not needed");
    await other.getByText("The role Archive is deleted.").waitFor();
    await other.close();
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("1 of 2 changes is kept.").waitFor();
    const refused = page.getByRole("listitem").filter({ hasText: /Archive is given .*\(permits\.read\)/ });
    expect(await refused.textContent()).toMatch(/no (such )?role|not found/i);
    expect(await cell(page, "Operator may see permits and their history").isChecked()).toBe(true);
    expect(await page.getByRole("link", { name: "Archive" }).count()).toBe(0);
  });

  test("adds a role, gives it to somebody, duplicates it, renames it and deletes it", async () => {
    const { app, page } = here.visitor;
    const made = await page.request.post(`${here.product.url}/api/users`, {
      headers: { origin: here.product.url },
      data: { username: "b.okoye", name: "Ben Okoye" },
    });
    expect(made.status()).toBe(200);
    await addRole(page, here.product.url, "Night desk");
    await cell(page, "Night desk may see permits and their history").click();
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("The change is kept.").waitFor();
    await page.getByRole("button", { name: "Dismiss" }).first().click();
    await page.getByRole("button", { name: "Dismiss" }).first().click();

    await page.getByRole("button", { name: "Add a person" }).click();
    await page.getByRole("combobox", { name: "Person" }).fill("okoye");
    await page.getByRole("option", { name: "Ben Okoye (b.okoye)" }).click();
    await confirm(page, "Give role");
    const given = await app.receipt();
    await page.getByRole("link", { name: "Ben Okoye" }).waitFor();

    await app.chooseAct("Duplicate");
    await page.getByRole("dialog").getByText("begins with 1 right and without people").waitFor();
    await page.getByRole("button", { name: "Add role" }).click();
    await page.getByRole("heading", { level: 1, name: "Night desk, copy" }).waitFor();
    expect(await cell(page, "Night desk, copy may see permits and their history").isChecked()).toBe(true);

    await app.chooseAct("Rename");
    await page.getByRole("textbox", { name: "Name" }).fill("Night desk");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("there is a role with this name already").waitFor();
    await page.getByRole("textbox", { name: "Name" }).fill("Day desk");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "Day desk" }).waitFor();

    await page.goto(`${here.product.url}/roles`);
    await page.getByRole("link", { name: "Night desk" }).click();
    await app.chooseAct("Delete");
    await page.getByRole("dialog").getByText("Ben Okoye").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("Say why; it stands in the event.").waitFor();
    await confirm(page, "Delete", "Nights are over");
    await page.waitForURL(`${here.product.url}/roles`);
    const deleted = await app.receipt();
    expect((await readEvent(page, here.product.url, given)).sentence).toContain("Ben Okoye");
    expect((await readEvent(page, here.product.url, deleted)).sentence).toContain("Night desk");
  });

  test("finds an event type, sets it for later events, and sees it against its default and in its history", async () => {
    const { page } = here.visitor;
    await page.goto(`${here.product.url}/admin/permits/event/`);
    await page.waitForURL(`${here.product.url}/events`);
    await page.getByRole("searchbox", { name: "Search the catalogue" }).fill("permit rejected");
    await page.getByText("1 type ·").waitFor();
    await page.getByRole("button", { name: "Edit Permit rejected" }).click();
    const form = page.getByRole("group", { name: "Settings of Permit rejected" });
    await form.getByLabel("Severity").selectOption("high");
    await page.getByText("New events are high; earlier ones keep medium.").waitFor();
    await form.getByLabel(/^Reason/).fill("Appeals are frequent");
    await form.getByRole("button", { name: "Save" }).click();
    await page.getByRole("status").getByText("Kept.").waitFor();
    await page.getByRole("link", { name: "Permit rejected" }).click();
    const row = page.getByRole("region", { name: "Settings" }).getByRole("row", { name: /^Severity/ });
    expect((await row.textContent())?.replace(/\s+/g, " ")).toContain("differs");
    await page
      .getByRole("region", { name: "Changes of its settings" })
      .getByText("“Appeals are frequent”")
      .waitFor({ timeout: patienceMs });
    await page.getByText("Ana Ruiz rejected P-2026-000041").waitFor();

    await page.goto(`${here.product.url}/events/permit_delete`);
    const recorded = page.getByRole("checkbox", { name: "Recorded" });
    expect(await recorded.isDisabled()).toBe(true);
    await page.getByText("Always recorded: this type is locked").waitFor();
    await page.goto(`${here.product.url}/admin/permits/eventlog/`);
    await page.waitForURL(/\/log(\?|$)/);
  });

  test("changes settings with the errors at their fields and the diff before, and is told who was faster", async () => {
    const { context, page } = here.visitor;
    await page.goto(`${here.product.url}/settings#document.max_mb`);
    const size = page.getByRole("spinbutton", { name: "Largest document" });
    await size.fill("500");
    await page.getByText("A whole number from 1 to 100.").waitFor();
    const save = page.getByRole("button", { name: "Save settings" });
    expect(await save.getAttribute("aria-disabled")).toBe("true");
    await size.fill("30");
    await page.getByRole("textbox", { name: "Add to “Types of permits”" }).fill("mooring");
    await page.getByRole("textbox", { name: "Add to “Types of permits”" }).press("Enter");
    await page.getByText("2 settings change: Types of permits, Largest document").waitFor();
    await page.getByText("Largest document: 25 → 30").waitFor();
    await save.click();
    await page.getByText("All 2 settings are kept.").waitFor();
    await page.getByRole("button", { name: "Dismiss" }).click();

    const other = await context.newPage();
    await other.goto(`${here.product.url}/settings?q=largest+document`);
    await other.getByRole("spinbutton", { name: "Largest document" }).fill("40");
    await size.fill("50");
    await save.click();
    await page.getByText("The setting is kept.").waitFor();
    await other.getByRole("button", { name: "Save settings" }).click();
    await other.getByText("Administrator changed document.max_mb meanwhile").first().waitFor();
    expect(await other.getByRole("spinbutton", { name: "Largest document" }).inputValue()).toBe("40");
    await other.close();
  });

  test("sees their own sessions and ends the others, and keeps how they like to read", async () => {
    const { page } = here.visitor;
    const elsewhere = await visit(here.browser, here.product.url);
    await elsewhere.app.signIn("/permits");
    await page.getByRole("button", { name: /^Account of/ }).click();
    await page.getByRole("menuitem", { name: "Profile" }).click();
    const sessions = page.getByRole("region", { name: "Where you are signed in" });
    await sessions.getByText("this one").waitFor();
    expect(await sessions.getByRole("listitem").count()).toBeGreaterThan(1);
    await sessions.getByRole("button", { name: "End all others" }).click();
    await sessions.getByText(/sessions? (has|have) ended/).waitFor();
    expect(await sessions.getByRole("listitem").count()).toBe(1);
    await elsewhere.page.getByRole("link", { name: "Events log" }).click();
    await elsewhere.page.getByRole("dialog", { name: "Signed out" }).waitFor();
    await elsewhere.leave();

    const token = (name: string) =>
      page.evaluate<string>(`getComputedStyle(document.documentElement).getPropertyValue("--${name}").trim()`);
    expect(await token("text")).toBe("#16191F");
    await page.getByRole("radio", { name: "High" }).check();
    await page.getByRole("radio", { name: "UTC", exact: true }).check();
    await page.getByRole("checkbox", { name: "Single letters are keys" }).uncheck();
    await page.reload();
    await page.getByRole("radio", { name: "High" }).waitFor();
    expect(await token("text")).toBe("#000000");
    expect(await page.getByRole("radio", { name: "UTC", exact: true }).isChecked()).toBe(true);
    await page.getByRole("heading", { level: 1 }).click();
    await page.keyboard.press("?");
    expect(await page.getByRole("dialog").count()).toBe(0);
    await page.getByRole("checkbox", { name: "Single letters are keys" }).check();
    await page.getByRole("heading", { level: 1 }).click();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
  });

  test("has colours further apart when the system wishes them so", async () => {
    const context = await here.browser.newContext({ contrast: "more", colorScheme: "dark" });
    const page = await context.newPage();
    await page.goto(`${here.product.url}/sign-in`);
    await page.getByLabel("Name").waitFor();
    const ground = await page.evaluate<string>(`getComputedStyle(document.body).backgroundColor`);
    expect(ground).toBe("rgb(0, 0, 0)");
    await context.close();
  });
});
