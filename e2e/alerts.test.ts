import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { behaviours, type Receiver, startReceiver } from "../apps/worker/src/testing/receivers.ts";
import { confirm, leaveFirstSteps, patienceMs, type Visit, visit } from "./app.ts";
import { signIn } from "./catalogue/office.ts";
import { adminPassword, isMissing, openBrowser, type Product, startProduct } from "./harness.ts";

describe.skipIf(isMissing("chromium"))("alerts", () => {
  let product: Product;
  let browser: Browser;
  let receiver: Receiver;
  let visitor: Visit;

  beforeAll(async () => {
    receiver = await startReceiver(behaviours.accept);
    product = await startProduct({ CHANNEL_PRIVATE_HOSTS: receiver.host });
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
    await receiver?.close();
  });
  beforeEach(async () => {
    visitor = await visit(browser, product.url);
    await visitor.app.signIn("/alerts");
  });
  afterEach(() => visitor.leave());

  const admin = () => signIn(product.url, { username: "admin", password: adminPassword });

  test("a webhook is added, its secret shown once, and a test of it arrives", async () => {
    const { page } = visitor;
    await page.getByRole("tab", { name: "Channels" }).click();
    await page.getByRole("button", { name: "New channel" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Kind").selectOption("webhook");
    await dialog.getByLabel("Name").fill("SIEM");
    await dialog.getByLabel("Address").fill("https://127.0.0.1/in");
    await dialog.getByRole("button", { name: "Add the channel" }).click();
    await dialog.getByText("It leads into the house").waitFor();
    await dialog.getByLabel("Address").fill(receiver.url);
    await dialog.getByRole("button", { name: "Add the channel" }).click();
    await page.getByText(/^whsec_/).waitFor();
    await page.getByRole("button", { name: "I have it" }).click();
    expect(await page.getByText(/^whsec_/).count()).toBe(0);
    await page.getByRole("button", { name: "Test SIEM" }).click();
    await page.getByText("SIEM took the test: answered 204.").waitFor({ timeout: patienceMs });
    expect(JSON.parse(receiver.received.at(-1)?.body ?? "")).toMatchObject({ type: "alert.test" });
  });

  test("a rule is tried before it is kept, and what it finds is sent, shown, counted and taken note of", async () => {
    const { page, app } = visitor;
    const { trpc } = await admin();
    await trpc.permits.create.mutate({ type: "event", holderName: "Ada" });
    await page.goto(`${product.url}/alerts?tab=rules&rule=new`);
    await page.getByLabel("Name").fill("New applications");
    // What was begun is still there after a look elsewhere, and what is missing gets the focus.
    await page.getByRole("tab", { name: "Channels" }).click();
    await page.getByRole("button", { name: "New channel" }).waitFor();
    await page.goBack();
    await page.getByText("As you left it, and not saved yet.").waitFor();
    expect(await page.getByLabel("Name").inputValue()).toBe("New applications");
    await page.getByLabel("Name").fill("");
    await page.getByRole("button", { name: "Save the rule" }).click();
    await page.getByText("Give the rule a name.").waitFor();
    await expect.poll(() => page.getByLabel("Name").evaluate((field) => field === document.activeElement)).toBe(true);
    await page.getByLabel("Name").fill("New applications");
    const look = page.getByRole("combobox", { name: "Search the log" });
    await look.fill("event: permit_create");
    await page
      .getByRole("option", { name: /Permit created/ })
      .first()
      .click();
    await page.keyboard.press("Escape");
    await page.getByLabel("SIEM").check();
    await page.getByText("Tells SIEM of each event.").waitFor();
    await page.getByRole("button", { name: "Back-test", exact: true }).click();
    await page.getByText(/^1 message in 30 days for 1 event\./).waitFor({ timeout: patienceMs });
    await page.getByRole("button", { name: "Show as table" }).click();
    await page.getByRole("columnheader", { name: "Held back" }).waitFor();
    await page.getByRole("button", { name: "Save the rule" }).click();
    await page.getByText("New applications counts from now on.").waitFor();
    await app.receipt();
    await page.getByRole("link", { name: "New applications" }).waitFor();

    const { permit } = await trpc.permits.create.mutate({ type: "event", holderName: "Bo" });
    const tells = () =>
      receiver.received.some(({ body }) => JSON.parse(body).data.headline.includes(permit.permitNumber));
    await expect.poll(tells, { timeout: patienceMs }).toBe(true);
    await page.goto(`${product.url}/alerts`);
    const card = page.getByRole("article", { name: permit.permitNumber });
    await card.waitFor({ timeout: patienceMs });
    await page.getByRole("link", { name: /^Alerts.*\d open$/ }).waitFor();
    await card.getByRole("button", { name: /^Take note/ }).click();
    await page
      .getByRole("dialog")
      .getByLabel(/^Reason/)
      .fill("I look into it");
    await page.getByRole("dialog").getByRole("button", { name: "Take note" }).click();
    await card.waitFor({ state: "detached" });
    await page.getByRole("checkbox", { name: "Show those that somebody took note of" }).check();
    await card.getByText("I look into it").waitFor();
    await card.getByRole("link", { name: "See it in the log" }).click();
    await app.drawer().getByText(permit.permitNumber).first().waitFor({ timeout: patienceMs });
  });

  test("a stream sends chosen events from the first of the log on, shows how far it is, and can begin again", async () => {
    const { page } = visitor;
    const { trpc } = await admin();
    const { permit } = await trpc.permits.create.mutate({ type: "event", holderName: "Cy" });
    await page.goto(`${product.url}/alerts?tab=channels`);
    await page.getByRole("button", { name: "New channel" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Kind").selectOption("stream");
    await dialog.getByLabel("Name").fill("Lake");
    await dialog.getByLabel("Address").fill(receiver.url);
    const look = dialog.getByRole("combobox", { name: "Search the log" });
    await look.fill("event: permit_create");
    await page
      .getByRole("option", { name: /Permit created/ })
      .first()
      .click();
    // Escape closes the suggestions and not the dialog; a press beside it takes nothing away.
    await look.fill("event: ");
    await page.keyboard.press("Escape");
    await page.mouse.click(5, 5);
    await dialog.getByLabel("From where").selectOption("beginning");
    await dialog.getByRole("button", { name: "Add the channel" }).click();
    await page.getByText(/^whsec_/).waitFor();
    await page.getByRole("button", { name: "I have it" }).click();
    const streamed = () =>
      receiver.received
        .filter(({ headers }) => String(headers["content-type"]).includes("cloudevents-batch"))
        .flatMap(({ body }) => JSON.parse(body) as { type: string; subject: string }[]);
    const ofPermit = () => streamed().filter(({ subject }) => subject === `permit/${permit.id}`).length;
    await expect.poll(ofPermit, { timeout: patienceMs }).toBe(1);
    expect(new Set(streamed().map(({ type }) => type))).toEqual(new Set(["countersign.permit_create"]));
    const row = page.getByRole("row", { name: /^Lake/ });
    const upToDate = row.getByText(/events? taken · up to date$/);
    await expect
      .poll(
        async () => {
          await page.reload();
          await row.waitFor();
          return upToDate.count();
        },
        { timeout: 2 * patienceMs },
      )
      .toBe(1);

    await row.getByRole("button", { name: "Change Lake" }).click();
    await page.getByRole("menuitem", { name: "Change" }).click();
    await dialog.getByLabel("From where").selectOption("beginning");
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByText("Lake was changed.").waitFor();
    await expect.poll(ofPermit, { timeout: patienceMs }).toBe(2);
  });

  test("without a mail server it says so, shows what would have been sent, and offers to send it again", async () => {
    const { page } = visitor;
    await page.getByText("No mail server is set").waitFor();
    const wrong = { username: "nobody at all", password: "a wrong password here" };
    for (let tries = 0; tries < 5; tries++) await signIn(product.url, wrong).catch(() => undefined);
    await page.goto(`${product.url}/alerts?tab=deliveries&state=held`);
    const row = page.getByRole("row", { name: /5 events within 10 minutes from 127\.0\.0\.1/ });
    await expect
      .poll(
        async () => {
          await page.keyboard.press("r");
          return row.count();
        },
        { timeout: patienceMs },
      )
      .toBe(1);
    await row.getByText("held back: no mail server is set").waitFor();
    await row.getByRole("button", { name: /^Send again/ }).click();
    await page.getByText("It is on its way.").waitFor();
  });

  test("what nobody took note of stands on the overview, and is noted there", async () => {
    const { page, app } = visitor;
    const { trpc } = await admin();
    const { permit } = await trpc.permits.create.mutate({ type: "event", holderName: "Di" });
    const definition = {
      filter: { codes: ["permit_update" as const], objects: [`permit:${permit.id}`] },
      ...{ atLeast: null, outside: null, trigger: { kind: "each" as const }, cooldownMinutes: null },
    };
    await trpc.alerts.createRule.mutate({ name: `Sites of ${permit.permitNumber}`, definition });
    await trpc.permits.update.mutate({ permitId: permit.id, version: permit.version, site: "Pier 4" });

    await leaveFirstSteps(page);
    await page.goto(product.url);
    const line = page
      .getByRole("region", { name: "Open alerts" })
      .getByRole("listitem")
      .filter({ hasText: permit.permitNumber });
    await expect
      .poll(
        async () => {
          await page.keyboard.press("r");
          return line.count();
        },
        { timeout: patienceMs },
      )
      .toBe(1);
    expect(await line.getByRole("link").getAttribute("href")).toMatch(/^\/alerts\?alert=\d+$/);
    await line.getByRole("button", { name: /^Take note of: .*P-/ }).click();
    await confirm(page, "Take note", "I look into it");
    await line.waitFor({ state: "detached" });
    expect(await app.receipt()).toMatch(/^[0-9a-f-]{36}$/);
  });
});
