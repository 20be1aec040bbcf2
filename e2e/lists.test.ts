import type { Page } from "playwright-core";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { samplePdf } from "../apps/api/src/documents/testing/sample-files.ts";
import { confirm, readEvent, visit } from "./app.ts";
import { adminPassword, isMissing } from "./harness.ts";
import { onStage } from "./stage.ts";

const dayFrom = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

const permits = [
  { holder: "apple orchard", until: dayFrom(200) },
  { holder: "Éclair Bakery", until: dayFrom(10) },
  { holder: "Zoo", until: dayFrom(20) },
];

const enter = async (page: Page, url: string, { holder, until }: (typeof permits)[number]) => {
  await page.goto(`${url}/permits/new`);
  await page.getByRole("textbox", { name: "Holder", exact: true }).fill(holder);
  await page.getByLabel("Last valid day").fill(until);
  await page.getByRole("button", { name: "Create permit" }).click();
  await page.getByRole("button", { name: "Dismiss" }).click();
  await page.getByRole("button", { name: "Approve" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
  await page.getByRole("button", { name: "Dismiss" }).click();
};

describe.skipIf(isMissing("chromium"))("on the lists", () => {
  const here = onStage();

  beforeAll(async () => {
    const { page, app, leave } = await visit(here.browser, here.product.url);
    await app.signIn("/permits");
    for (const permit of permits) await enter(page, here.product.url, permit);
    await page.getByRole("button", { name: "Add a document" }).click();
    await page
      .getByLabel("File")
      .setInputFiles({ name: "plan.pdf", mimeType: "application/pdf", buffer: Buffer.from(samplePdf("Plan")) });
    await page.getByLabel("Kind of document").fill("Site plan");
    await page.getByRole("dialog").getByRole("button", { name: "Upload" }).click();
    await page.getByRole("region", { name: "Documents" }).getByText("plan.pdf").waitFor();
    await leave();
  });
  beforeEach(async () => {
    await here.visitor.app.signIn("/permits");
  });

  test("permits are sorted by their heads and narrowed to what ends soon, and Back brings each step again", async () => {
    const { page } = here.visitor;
    const table = page.getByRole("table", { name: /^Permits, / });
    const holders = () => table.locator("tbody td:nth-child(2)").allTextContents();
    await expect.poll(holders).toEqual(["Zoo", "Éclair Bakery", "apple orchard"]);
    await table.getByRole("button", { name: "Holder" }).click();
    await expect.poll(holders).toEqual(["apple orchard", "Éclair Bakery", "Zoo"]);
    const sorted = table.getByRole("columnheader", { name: "Holder" });
    expect(await sorted.getAttribute("aria-sort")).toBe("ascending");
    await table.getByRole("button", { name: "Holder" }).click();
    await expect.poll(() => sorted.getAttribute("aria-sort")).toBe("descending");
    await page.getByRole("checkbox", { name: "Expiring in 30 days" }).click();
    await expect.poll(holders).toEqual(["Zoo", "Éclair Bakery"]);
    await page.reload();
    await expect.poll(holders).toEqual(["Zoo", "Éclair Bakery"]);
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/permits\/2$/);
    await page.goBack();
    await expect.poll(holders).toEqual(["Zoo", "Éclair Bakery"]);
    await page.goBack();
    await expect.poll(holders).toEqual(["Zoo", "Éclair Bakery", "apple orchard"]);
  });

  test("a document is found by its state, accepted where it is listed, and leaves that list", async () => {
    const { app, page } = here.visitor;
    await page.goto(`${here.product.url}/documents`);
    await page.getByLabel("State").selectOption("uploaded");
    await page.getByRole("link", { name: /^P-/ }).waitFor();
    await page.getByRole("button", { name: "More for plan.pdf" }).click();
    await page.getByRole("menuitem", { name: "Accept", exact: true }).click();
    await confirm(page, "Accept");
    await page.getByRole("heading", { name: "No document matches" }).waitFor();
    expect((await readEvent(page, here.product.url, await app.receipt())).sentence).toContain("checked plan.pdf");
  });

  test("a user is added with a role and a password shown once, switched off, deleted, and still known to the log", async () => {
    const { app, page } = here.visitor;
    const { url } = here.product;
    await page.goto(`${url}/users`);
    await page.getByRole("button", { name: "Add user" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "User name" }).fill("ADMIN");
    await dialog.getByRole("textbox", { name: "Name", exact: true }).fill("Eva Novak");
    await dialog.getByRole("checkbox", { name: "Clerk" }).click();
    await dialog.getByRole("button", { name: "Add user" }).click();
    await dialog.getByText("Somebody has this user name already.").waitFor();
    await dialog.getByRole("textbox", { name: "User name" }).fill("eva");
    await dialog.getByRole("button", { name: "Add user" }).click();
    const secret = page.getByRole("region", { name: "The new password of Eva Novak" });
    const password = (await secret.locator("code").textContent()) ?? "";
    const elsewhere = await here.browser.newContext();
    const signedIn = await elsewhere.request.post(`${url}/api/auth/login`, {
      data: { username: "eva", password },
      headers: { origin: url },
    });
    expect(signedIn.status()).toBe(200);
    await elsewhere.close();
    await secret.getByRole("link", { name: "Open Eva Novak" }).click();
    await page.getByRole("heading", { level: 1, name: "Eva Novak" }).waitFor();
    expect(await page.getByText(password).count()).toBe(0);
    const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";

    await page.getByRole("button", { name: "Take away the role Clerk" }).click();
    await confirm(page, "Take away");
    await page.getByText("No role: this user can sign in and see nothing.").waitFor();
    await page.getByRole("button", { name: /^End the session/ }).click();
    await confirm(page, "End");
    await page.getByText("1 session has ended.").waitFor();
    await page.getByText("No session is open.").waitFor();

    await app.chooseAct("Deactivate");
    await confirm(page, "Deactivate", "On leave");
    await page.getByText("inactive").first().waitFor();
    await page.getByRole("tab", { name: "Activity" }).click();
    await page.getByText("Was done to").click();
    await page.getByText("On leave").waitFor();
    await page.getByText("Sign-ins").click();
    await page
      .getByRole("table", { name: /^Sign-ins/ })
      .getByText("ended by somebody else")
      .waitFor();

    await app.chooseAct("Delete");
    await page
      .getByRole("dialog")
      .getByRole("textbox", { name: /^Type eva/ })
      .fill("eva");
    await confirm(page, "Delete", "Left the office");
    await page.getByText("Eva Novak is deleted.").waitFor();
    const deleted = await app.receipt();
    expect((await readEvent(page, url, deleted)).sentence).toBe("Administrator deleted Eva Novak: Left the office");
    await page.goto(`${url}/users/${id}?tab=activity&show=received`);
    await page.getByRole("heading", { level: 1, name: "Eva Novak (deleted)" }).waitFor();
    await page.getByText("On leave").waitFor();
  });

  test("a key that wants the password again is made once it was given, works, and is refused after it was revoked", async () => {
    const { page } = here.visitor;
    const { url } = here.product;
    await page.goto(`${url}/keys`);
    await page.getByRole("button", { name: "New key" }).click();
    const dialog = page.getByRole("dialog", { name: "New key" });
    await dialog.getByLabel("Name").fill("Nightly report");
    // As if the password had been given long ago.
    const refused = { code: "FORBIDDEN", httpStatus: 403, reason: "reauthentication_required", requestId: "r_1" };
    await page.route(
      "**/trpc/keys.create**",
      (route) =>
        route.fulfill({
          status: 403,
          contentType: "application/json",
          body: JSON.stringify([{ error: { json: { message: "Nothing was changed.", code: -32003, data: refused } } }]),
        }),
      { times: 1 },
    );
    await dialog.getByRole("button", { name: "Make the key" }).click();
    const again = page.getByRole("dialog", { name: "Your password again" });
    await again.getByLabel("Password", { exact: true }).fill("Not-The-Password-Of-Admin");
    await again.getByRole("button", { name: "Go on" }).click();
    await again.getByText("The name or the password is wrong.").waitFor();
    await again.getByLabel("Password", { exact: true }).fill(adminPassword);
    await again.getByRole("button", { name: "Go on" }).click();
    const secret = page.getByRole("region", { name: "The key Nightly report" });
    const key = (await secret.locator("code").first().textContent()) ?? "";
    expect(await secret.locator("code").last().textContent()).toContain(`Bearer ${key}`);
    const bare = await here.browser.newContext();
    const log = () =>
      bare.request.get(`${url}/api/audit/events?limit=1`, { headers: { authorization: `Bearer ${key}` } });
    expect((await log()).status()).toBe(200);
    await secret.getByRole("button", { name: "I have stored it" }).click();
    expect(await page.content()).not.toContain(key);

    await page.getByRole("button", { name: "Dismiss" }).click();
    await page.getByRole("button", { name: "Revoke Nightly report" }).click();
    await confirm(page, "Revoke", "No longer needed");
    await page.getByText(/^revoked .* by Administrator$/).waitFor();
    await expect.poll(async () => (await log()).status(), { timeout: 6_000 }).toBe(401);
    await bare.close();
  });
});
