import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { leaveFirstSteps, patienceMs, readEvent, type Visit, visit } from "./app.ts";
import { type Office, openOffice, signIn } from "./catalogue/office.ts";
import { isMissing, openBrowser, type Product, startProduct } from "./harness.ts";

const second = { username: "bo", password: "Gravel-Tulip-Anchor-31" };

/** A second administrator with a password of their own: from now on critical acts need two. */
const addSecond = async (office: Office): Promise<void> => {
  const { trpc } = office.admin;
  const roleId = (await trpc.roles.list.query({ limit: 200 })).items.find(
    ({ shipped }) => shipped === "administrator",
  )?.id;
  const made = await trpc.users.create.mutate({
    username: second.username,
    name: "Bo Berg",
    roleIds: [Number(roleId)],
  });
  const first = await signIn(office.url, { username: second.username, password: made.password ?? "" });
  await first.trpc.auth.changePassword.mutate({ currentPassword: made.password ?? "", newPassword: second.password });
};

const card = (page: Page, words: string) => page.getByRole("article").filter({ hasText: words });
const confirm = async (page: Page, verb: string, reason?: string) => {
  const dialog = page.getByRole("dialog");
  if (reason !== undefined) await dialog.getByLabel(/^Reason/).fill(reason);
  await dialog.getByRole("button", { name: verb, exact: true }).click();
};

describe.skipIf(isMissing("chromium"))("what needs a second person", () => {
  let product: Product;
  let browser: Browser;
  let office: Office;
  let ada: Visit;
  let bo: Visit;
  beforeAll(async () => {
    product = await startProduct();
    browser = await openBrowser();
    office = await openOffice(product.url);
    await addSecond(office);
    ada = await visit(browser, product.url);
    await ada.app.signIn("/permits");
    bo = await visit(browser, product.url);
    await bo.page.goto(`${product.url}/approvals`);
    await bo.app.fillSignIn(second.password, second.username);
    await bo.page.getByRole("heading", { name: "Nothing waits for you" }).waitFor();
  });
  afterAll(async () => {
    await Promise.all([ada?.leave(), bo?.leave()]);
    await browser?.close();
    await product?.stop();
  });

  const askToDelete = async (): Promise<{ number: string; path: string }> => {
    const { page, app } = ada;
    const path = `/permits/${await office.permit()}`;
    await page.goto(product.url + path);
    const number = (await page.getByRole("heading", { level: 1, name: /^P-/ }).textContent()) ?? "";
    await app.chooseAct("Delete");
    const dialog = page.getByRole("dialog");
    await dialog.getByText("needs approval by a second person").waitFor();
    await dialog.getByLabel(/^Type P-/).fill(number);
    await confirm(page, "Ask for approval", "Entered twice");
    await page.getByRole("status").getByText("Asked. A second person decides:").waitFor();
    return { number, path };
  };

  test("one asks, another sees exactly what would change, and with the approval it is done", async () => {
    const { number, path } = await askToDelete();
    await ada.page.getByRole("link", { name: /^request #/ }).click();
    await card(ada.page, `delete ${number}`).getByText("Can decide it: Bo Berg.").waitFor();

    const { page } = bo;
    await page.goto(`${product.url}/approvals`);
    const request = card(page, `Administrator asks to delete ${number}`);
    await request.getByText("Entered twice").waitFor();
    const rows = await request.getByRole("table").locator("tbody tr").allTextContents();
    expect(rows).toContain("HolderAda Lovelacenone");
    expect(await page.getByRole("link", { name: /^Approvals.*1 waiting for you/ }).count()).toBe(1);

    // By keyboard: the key asks once more.
    await page.keyboard.press("j");
    await page.keyboard.press("a");
    await page.getByRole("dialog").getByText(`It is done at once, as Administrator: delete ${number}.`).waitFor();
    await confirm(page, "Approve");
    await page.getByRole("status").getByText("is approved, and done.").waitFor();
    await page.getByRole("heading", { name: "Nothing waits for you" }).waitFor();
    await page.goto(product.url + path);
    await page.getByText("There is no such permit").waitFor();

    await page.goto(`${product.url}/approvals?box=closed`);
    const closed = card(page, `delete ${number}`);
    const href = await closed.getByRole("link", { name: "Event of the act" }).getAttribute("href");
    const id = new URL(href ?? "", product.url).searchParams.get("event") ?? "";
    expect((await readEvent(page, product.url, id)).sentence).toBe(`Administrator deleted ${number}: Entered twice`);
    await page.getByRole("tab", { name: "Context" }).click();
    const chain = page.getByRole("region", { name: "How it was approved" });
    await chain.getByText("Bo Berg approved the request").waitFor({ timeout: patienceMs });
  });

  test("what waits stands on the overview of whoever can decide it, and not on that of who asked", async () => {
    const { number } = await askToDelete();
    for (const { page } of [ada, bo]) {
      await leaveFirstSteps(page);
      await page.goto(product.url);
    }
    const waiting = (page: Page) => page.getByRole("region", { name: "Waiting for you" });
    await waiting(ada.page).getByText("No request waits for you.").waitFor({ timeout: patienceMs });
    const line = waiting(bo.page)
      .getByRole("listitem")
      .filter({ hasText: `Administrator asks to delete ${number}` });
    await line.getByText(/ left$/).waitFor({ timeout: patienceMs });
    await line.getByRole("link").click();
    await bo.page.waitForURL(/\/approvals#/);
    await card(bo.page, `delete ${number}`)
      .getByRole("button", { name: /^Refuse/ })
      .click();
    await confirm(bo.page, "Refuse", "It is not a duplicate");
    await bo.page.getByRole("status").getByText("is refused.").waitFor();
    await bo.page.goto(product.url);
    await waiting(bo.page).getByText("No request waits for you.").waitFor({ timeout: patienceMs });
  });

  test("what arrives is told above the list, and after a decision the next request has the focus", async () => {
    const first = await askToDelete();
    const page = await bo.context.newPage();
    await page.clock.install();
    await page.goto(`${product.url}/approvals`);
    await card(page, `delete ${first.number}`).waitFor();
    const next = await askToDelete();
    await page.clock.fastForward(31_000);
    await page.getByText("1 more request waits for you.").waitFor({ timeout: patienceMs });
    expect(await page.getByRole("article").count()).toBe(1);
    await page.getByRole("button", { name: "Show" }).click();
    await card(page, `delete ${next.number}`).waitFor();
    expect(await page.getByText("1 more request waits for you.").count()).toBe(0);

    const isFocused = (words: string) => card(page, words).evaluate((shown) => shown === document.activeElement);
    await page.keyboard.press("j");
    expect(await isFocused(`delete ${next.number}`)).toBe(true);
    await page.keyboard.press("r");
    await confirm(page, "Refuse", "Not this one");
    await card(page, `delete ${next.number}`).waitFor({ state: "detached" });
    await expect.poll(() => isFocused(`delete ${first.number}`), { timeout: patienceMs }).toBe(true);
    await page.keyboard.press("r");
    await confirm(page, "Refuse", "Nor this");
    await page.getByRole("heading", { name: "Nothing waits for you" }).waitFor();
    await page.close();
  });

  test("what was changed meanwhile cannot be approved, and says so; it is refused with a reason that the asker sees", async () => {
    const { number, path } = await askToDelete();
    const permitId = Number(path.split("/").at(-1));
    await office.admin.trpc.permits.update.mutate({ permitId, version: 1, site: "Mill Road 4" });
    const { page } = bo;
    await page.goto(`${product.url}/approvals`);
    const request = card(page, `delete ${number}`);
    await request.getByText("It can no longer be done as asked.").waitFor();
    const approve = request.getByRole("button", { name: /^Approve/ });
    expect(await approve.getAttribute("aria-disabled")).toBe("true");
    await page.keyboard.press("j");
    await page.keyboard.press("a");
    expect(await page.getByRole("dialog").count()).toBe(0);
    await page.keyboard.press("r");
    await page.getByRole("dialog").waitFor();
    await confirm(page, "Refuse");
    await page.getByText("Say why; it stands in the event.").waitFor();
    await confirm(page, "Refuse", "It is not a duplicate");
    await page.getByRole("status").getByText("is refused.").waitFor();
    await ada.page.goto(`${product.url}/approvals?box=mine`);
    await card(ada.page, `delete ${number}`).getByText("It is not a duplicate").waitFor();
  });

  test("who decides on an erasure reads whose data go, which events, on what ground and how many", async () => {
    const permitId = await office.permit();
    const query = { codes: ["permit_create", "permit_delete"], objects: [`permit:${permitId}`] };
    const found = async () => (await office.admin.trpc.erasures.preview.query({ query })).total;
    await expect.poll(found, { timeout: patienceMs }).toBe(1);
    const total = await found();
    const order = { query, basis: "unlawful", reason: "Typed into the wrong field", confirm: String(total) } as const;
    await office.admin.trpc.erasures.record.mutate(order);
    const { page } = bo;
    await page.goto(`${product.url}/approvals`);
    const request = card(page, "Typed into the wrong field");
    await request.getByRole("table").waitFor();
    const rows = await request.getByRole("table").locator("tbody tr").allTextContents();
    expect(rows).toEqual([
      expect.stringMatching(/^Query“Permit created” or “Permit deleted”, about permit \d+, until .* UTC$/),
      "BasisWas recorded without a legal ground",
      `Events${total}`,
    ]);
    await request.getByRole("button", { name: "Refuse" }).click();
    await confirm(page, "Refuse", "Ask for a smaller part");
    await page.getByRole("status").getByText("is refused.").waitFor();
  });

  test("making the log weaker waits and needs a reason; making it stronger does not", async () => {
    const { page } = ada;
    await page.goto(`${product.url}/events/permit_read`);
    await page.getByRole("checkbox", { name: "Recorded" }).uncheck();
    const button = page.getByRole("button", { name: /^Ask for approval/ });
    expect(await button.getAttribute("aria-disabled")).toBe("true");
    await page.getByLabel(/^Reason/).fill("Too many lines");
    await button.click();
    await page.getByRole("status").getByText("Asked. A second person decides:").waitFor();
    await page.goto(`${product.url}/approvals?box=mine`);
    const own = card(page, "change Permit viewed");
    await own.getByRole("button", { name: "Withdraw" }).click();
    await confirm(page, "Withdraw");
    await page.getByRole("status").getByText("is withdrawn.").waitFor();
    await own.getByText("withdrawn", { exact: true }).waitFor();
  });
});
