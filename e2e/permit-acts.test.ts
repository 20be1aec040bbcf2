import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";
import { samplePdf } from "../apps/api/src/documents/testing/sample-files.ts";
import { confirm, failOnly, patienceMs, readEvent } from "./app.ts";
import { isMissing } from "./harness.ts";
import { onStage } from "./stage.ts";

const pdf = Buffer.from(samplePdf("Site plan"));

const enterPermit = async (page: Page, holder: string): Promise<string> => {
  await page.getByRole("textbox", { name: "Holder", exact: true }).fill(holder);
  await page.getByRole("button", { name: "Create permit" }).click();
  await page.getByRole("status").getByText("Kept.").waitFor();
  await page.getByRole("button", { name: "Dismiss" }).click();
  return (await page.getByRole("heading", { level: 1 }).textContent()) ?? "";
};

const chooseFile = async (page: Page, name: string, buffer: Buffer, kind = "Site plan") => {
  await page.getByRole("button", { name: "Add a document" }).click();
  await page.getByLabel("File").setInputFiles({ name, mimeType: "application/octet-stream", buffer });
  await page.getByLabel("Kind of document").fill(kind);
};

describe.skipIf(isMissing("chromium"))("on a permit", () => {
  const here = onStage();

  beforeEach(async () => {
    await here.visitor.app.signIn("/permits/new");
  });

  test("each act is offered when it is legal, says what it will do, and stands in the log with its reason", async () => {
    const { app, page } = here.visitor;
    const url = here.product.url;
    const number = await enterPermit(page, "Harbour Street Market");
    await page.getByRole("button", { name: "Approve" }).click();
    await confirm(page, "Approve");
    await app.receipt();

    await app.chooseAct("Deactivate");
    await page.getByText("is suspended until it is activated again").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Deactivate" }).click();
    await page.getByText("Say why; it stands in the event.").waitFor();
    await confirm(page, "Deactivate", "Fees unpaid");
    const deactivated = await app.receipt();

    await page.getByRole("button", { name: "Activate" }).click();
    await confirm(page, "Activate");
    const activated = await app.receipt();

    await page.getByRole("button", { name: "Renew" }).click();
    const lastDay = page.getByLabel("New last valid day");
    await lastDay.fill("2020-01-01");
    await page.getByRole("dialog").getByRole("button", { name: "Renew" }).click();
    await page.getByText("the new last valid day must be later").waitFor();
    await lastDay.fill("2099-12-31");
    await confirm(page, "Renew");
    const renewed = await app.receipt();
    await page.getByText("31 Dec 2099").first().waitFor();

    await app.chooseAct("Cancel permit");
    await confirm(page, "Cancel permit", "Holder moved away");
    const cancelled = await app.receipt();
    await page.getByRole("button", { name: "More", exact: true }).click();
    for (const act of ["Assign", "Approve", "Reject", "Renew", "Activate", "Deactivate", "Cancel permit"]) {
      const item = page.getByRole("menuitem", { name: new RegExp(`^${act}`) });
      expect([act, await item.getAttribute("aria-disabled")]).toEqual([act, "true"]);
      expect(await item.textContent()).toContain("cancelled");
    }
    await page.keyboard.press("Escape");

    const status = async (id: string) => (await readEvent(page, url, id)).changes;
    expect(await status(deactivated)).toEqual([["Status", "active", "inactive"]]);
    expect(await app.drawer().textContent()).toContain("Fees unpaid");
    expect(await status(activated)).toEqual([["Status", "inactive", "active"]]);
    expect((await status(renewed))[0]?.[0]).toBe("Last valid day");
    expect(await status(cancelled)).toEqual([["Status", "active", "cancelled"]]);
    expect((await readEvent(page, url, cancelled)).sentence).toContain(`cancelled ${number}`);
  });

  test("a rejected permit stays rejected, and a deleted one leaves the register once its number was typed", async () => {
    const { app, page } = here.visitor;
    const number = await enterPermit(page, "Quayside Events");
    await app.chooseAct("Reject");
    await confirm(page, "Reject", "No plan was handed in");
    await app.receipt();
    expect(await page.getByRole("button", { name: "Approve" }).count()).toBe(0);

    await app.chooseAct("Delete");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(/^Type P-/).fill("P-1999-000001");
    await dialog.getByLabel(/^Reason/).fill("Entered twice");
    await dialog.getByRole("button", { name: "Delete" }).click();
    await page.getByText(`This is not ${number}.`).waitFor();
    await dialog.getByLabel(/^Type P-/).fill(number);
    await confirm(page, "Delete");
    await page.waitForURL(`${here.product.url}/permits`);
    await page.getByText(`${number} is deleted.`).waitFor();
    const deleted = await app.receipt();
    expect(await page.getByRole("link", { name: number }).count()).toBe(0);
    expect((await readEvent(page, here.product.url, deleted)).sentence).toBe(
      `Administrator deleted ${number}: Entered twice`,
    );
  });

  test("the menu is opened, walked and left by keyboard, and the focus comes back", async () => {
    const { page } = here.visitor;
    await enterPermit(page, "Kite Festival");
    const more = page.getByRole("button", { name: "More", exact: true });
    await more.focus();
    await page.keyboard.press("Enter");
    const focused = () => page.locator(":focus").textContent();
    await expect.poll(focused).toBe("Assign");
    await page.keyboard.press("ArrowDown");
    await expect.poll(focused).toBe("Reject");
    await page.keyboard.press("End");
    await expect.poll(focused).toContain("Deactivate");
    await page.keyboard.press("Enter");
    expect(await page.getByRole("dialog").count()).toBe(0);
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.locator("[role=dialog] :focus").waitFor();
    await page.getByRole("menu").waitFor({ state: "detached" });
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await expect.poll(focused).toBe("More");
  });

  test("whoever was too slow is told who was faster, reads it again and goes on", async () => {
    const { app, context, page } = here.visitor;
    await enterPermit(page, "Parish of St. Anne");
    await page.getByRole("button", { name: "Approve" }).click();
    const other = await context.newPage();
    await other.goto(page.url());
    await other.getByRole("link", { name: "Edit" }).click();
    await other.getByLabel("Site").fill("Pier 9");
    await other.getByRole("button", { name: "Save changes" }).click();
    await other.getByRole("status").getByText("Kept.").waitFor();
    await other.close();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Approve" }).click();
    await dialog.getByText("Nothing was changed: Administrator changed").waitFor();
    await dialog.getByRole("button", { name: "Read it again" }).click();
    await page.getByText("Pier 9").first().waitFor();
    await confirm(page, "Approve");
    expect(await app.receipt()).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("a document is refused in words, uploaded, fetched byte for byte, accepted once, and deleted", async () => {
    const { app, page } = here.visitor;
    const number = await enterPermit(page, "City Theatre");
    await page.getByText("No documents yet").waitFor();
    await chooseFile(page, "plan.docx", pdf);
    await page.getByText("This is none of PDF, PNG or JPG.").waitFor();
    await page
      .getByLabel("File")
      .setInputFiles({ name: "plan.pdf", mimeType: "", buffer: Buffer.from("no PDF at all") });
    await page.getByRole("dialog").getByRole("button", { name: "Upload" }).click();
    await page.getByText("what is in the file is not, or not only, a whole PDF").waitFor();
    await page.getByLabel("File").setInputFiles({ name: "plan.pdf", mimeType: "", buffer: pdf });
    await confirm(page, "Upload");
    const uploaded = await app.receipt();
    const documents = page.getByRole("region", { name: "Documents" });
    await documents.getByText("Site plan · PDF").waitFor();

    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download plan.pdf" }).click();
    const saved = await saving;
    expect(saved.suggestedFilename()).toBe("plan.pdf");
    expect(readFileSync(await saved.path()).equals(pdf)).toBe(true);

    const choose = async (act: string) => {
      await page.getByRole("button", { name: "More for plan.pdf" }).click();
      await page.getByRole("menuitem", { name: act, exact: true }).click();
    };
    await page.getByRole("button", { name: "View plan.pdf" }).click();
    const shown = page.getByRole("dialog", { name: "plan.pdf" });
    await shown.getByText("This is the file that was uploaded").waitFor();
    await expect.poll(() => page.frames().some((frame) => frame.url().startsWith("chrome-extension:"))).toBe(true);
    await page.keyboard.press("Escape");
    await shown.waitFor({ state: "detached" });
    // Saved once and shown once, both of which are recorded.
    const fetched = () => page.evaluate(() => fetch("/api/audit/events?codes=document_download").then((a) => a.json()));
    await expect.poll(async () => (await fetched()).entries.length, { timeout: patienceMs }).toBe(2);

    await choose("Accept");
    await page.getByRole("dialog").getByTitle("plan.pdf, shown").waitFor();
    await confirm(page, "Accept");
    const accepted = await app.receipt();
    await documents.getByText("verified", { exact: true }).waitFor();
    await page.getByRole("button", { name: "More for plan.pdf" }).click();
    expect(await page.getByRole("menuitem", { name: /^Refuse/ }).textContent()).toContain("decided once");
    await page.keyboard.press("Escape");
    await page.getByRole("menu").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "More", exact: true }).click();
    expect(await page.getByRole("menuitem", { name: /^Delete/ }).textContent()).toContain("delete them first");
    await page.keyboard.press("Escape");
    await page.getByRole("menu").waitFor({ state: "detached" });

    await choose("Delete");
    await confirm(page, "Delete", "Wrong permit");
    const deleted = await app.receipt();
    await page.getByText("No documents yet").waitFor();
    const sentence = async (id: string) => (await readEvent(page, here.product.url, id)).sentence;
    expect(await sentence(uploaded)).toContain("plan.pdf");
    expect(await sentence(uploaded)).toContain(number);
    expect(await sentence(accepted)).toContain("checked plan.pdf");
    expect(await sentence(deleted)).toContain("plan.pdf");
  });

  test("what was read stays when it cannot be read again, and a form without the office's rules says so", async () => {
    const { page } = here.visitor;
    await enterPermit(page, "Lantern Parade");
    const history = page.getByRole("region", { name: "History" });
    await history.getByText(/created/).waitFor({ timeout: patienceMs });
    const mend = await failOnly(page, "history.events");
    await page.getByRole("button", { name: "Approve" }).click();
    await confirm(page, "Approve");
    await history.getByRole("alert").waitFor({ timeout: patienceMs });
    expect(await history.getByText(/created/).count()).toBe(1);
    await mend();
    await history.getByRole("button", { name: "Retry" }).click();
    await history.getByText(/approved/).waitFor({ timeout: patienceMs });

    const mendRules = await failOnly(page, "system.settings");
    await page.goto(`${page.url()}/edit`);
    await page.getByRole("alert").waitFor({ timeout: patienceMs });
    await mendRules();
    await page.getByRole("button", { name: "Retry" }).click();
    await page.getByRole("textbox", { name: "Holder", exact: true }).waitFor();
  });

  test("an upload shows how far it is, and can be stopped with nothing kept", async () => {
    const { context, page } = here.visitor;
    await enterPermit(page, "Volunteer Fire Brigade");
    const devtools = await context.newCDPSession(page);
    await devtools.send("Network.enable");
    const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 256 * 1024 };
    await devtools.send("Network.emulateNetworkConditions", slow);
    await chooseFile(page, "large.pdf", Buffer.concat([pdf, Buffer.alloc(4 * 1024 * 1024, 0x20)]));
    await page.getByRole("dialog").getByRole("button", { name: "Upload" }).click();
    const progress = page.getByRole("progressbar", { name: /of 4\.0 MB sent/ });
    await progress.waitFor();
    await expect.poll(async () => Number(await progress.getAttribute("value"))).toBeGreaterThan(0);
    await page.getByRole("button", { name: "Stop the upload" }).click();
    await page.getByText("The upload was stopped before all of it was sent").waitFor();
    await page.getByRole("button", { name: "Go back" }).click();
    await page.getByText("No documents yet").waitFor();
  });

  test("the register is exported as it is filtered, and refused when it may not be", async () => {
    const { page } = here.visitor;
    const number = await enterPermit(page, "Olga Sokolova, 14 Elm Square");
    await page.goto(`${here.product.url}/permits?q=Sokolova`);
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export" }).click();
    await page.getByText("The permits that the filters show").waitFor();
    await page.getByRole("menuitem", { name: "CSV, for spreadsheets" }).click();
    const saved = await saving;
    expect(saved.suggestedFilename()).toMatch(/^permits-\d{4}-\d\d-\d\d\.csv$/);
    const lines = readFileSync(await saved.path(), "utf8")
      .trim()
      .split("\r\n");
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain(`"${number}"`);
    await page.getByText(/^Saved as permits-.*recorded under your name\.$/).waitFor();

    await page.route("**/api/permits/export**", (route) => route.abort());
    await page.getByRole("button", { name: "Export" }).click();
    await page.getByRole("menuitem", { name: /^NDJSON/ }).click();
    await page.getByRole("alert").getByText("The server did not answer.").waitFor();
  });
});
