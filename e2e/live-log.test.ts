import type { Page } from "playwright-core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { appOn, patienceMs, type Visit, visit } from "./app.ts";
import { isMissing } from "./harness.ts";
import { onStage } from "./stage.ts";

/** A permit entered by somebody who is signed in; answers its number. */
const enterPermit = async ({ context }: Visit, url: string, holderName: string): Promise<string> => {
  const answer = await context.request.post(`${url}/trpc/permits.create`, {
    headers: { origin: url, "content-type": "application/json" },
    data: { json: { type: "event", holderName } },
  });
  return (await answer.json()).result.data.json.permit.permitNumber;
};

/** As the browser tells a page that is put into the background, and back. */
const setHidden = (page: Page, isHidden: boolean) =>
  page.evaluate((hidden) => {
    const state = hidden ? "hidden" : "visible";
    Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, isHidden);

describe.skipIf(isMissing("chromium"))("the log", () => {
  const here = onStage();
  let clerk: Visit;

  beforeEach(async () => {
    await here.visitor.app.signIn("/log?code=permit_create");
    clerk = await visit(here.browser, here.product.url);
    await clerk.app.signIn("/permits");
  });
  afterEach(() => clerk.leave());
  const enter = (holder: string) => enterPermit(clerk, here.product.url, holder);
  const rowOf = (number: string) => here.visitor.app.rows().filter({ hasText: number });

  test("adds what is new while it is live, keeps still while somebody reads further down, and asks for nothing by itself", async () => {
    const { page } = here.visitor;
    await page.setViewportSize({ width: 1440, height: 560 });
    await page.keyboard.press("l");
    await page.waitForURL(/live=on/);
    await page.getByText("All stored, now").waitFor({ timeout: patienceMs });
    const numbers: string[] = [];
    for (let n = 0; n < 24; n++) numbers.push(await enter(`Holder ${n}`));
    await rowOf(numbers.at(-1) ?? "").waitFor({ timeout: patienceMs });
    expect(await here.visitor.app.rows().first().textContent()).toContain(numbers.at(-1));

    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.getByRole("grid").hover();
    await page.mouse.wheel(0, 200);
    await page.getByText("paused").first().waitFor();
    const late = await enter("Late Market");
    const pill = page.getByRole("button", { name: "1 new" });
    await pill.waitFor({ timeout: patienceMs });
    expect(await rowOf(late).count()).toBe(0);
    await pill.click();
    await rowOf(late).waitFor({ timeout: patienceMs });
    expect(asked).toEqual([]);
  });

  test("keeps its rows when newer ones cannot be read, and goes back from an answer that takes long", async () => {
    const { page, app } = here.visitor;
    const seen = await enter("Seen before");
    await page.goto(`${here.product.url}/log?code=permit_create&range=1h`);
    await rowOf(seen).waitFor({ timeout: patienceMs });
    await page.route(/audit\.list/, (route) => route.abort());
    await page.keyboard.press("r");
    const note = page.getByRole("alert").filter({ hasText: "What is newer could not be read" });
    await note.waitFor({ timeout: patienceMs });
    expect(await rowOf(seen).count()).toBe(1);
    await page.unroute(/audit\.list/);
    const newer = await enter("Newer");
    await note.getByRole("button", { name: "Retry" }).click();
    await rowOf(newer).waitFor({ timeout: patienceMs });
    await note.waitFor({ state: "detached" });

    await page.route(/audit\.list/, () => new Promise(() => undefined));
    await page.getByRole("button", { name: /^Remove the filter Event/ }).click();
    await page.waitForURL((url) => !url.search.includes("code"));
    await page.getByText("Still reading…").waitFor();
    expect(await rowOf(newer).count()).toBe(1);
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.waitForURL(/code=permit_create/);
    await page.getByText("Still reading…").waitFor({ state: "detached" });
    expect(await app.rows().count()).toBeGreaterThan(1);
    await page.unroute(/audit\.list/);
  });

  test("stays when a part of it cannot be loaded, and says so where the part would be", async () => {
    const { page, app } = here.visitor;
    const seen = await enter("Still here");
    await page.goto(`${here.product.url}/log?code=permit_create&range=1h`);
    const id = await rowOf(seen).getAttribute("data-event");
    await page.goto(`${here.product.url}/log?code=permit_create&range=1h&event=${id}`);
    await page.route(/assets\/drawer-raw/, (route) => route.abort());
    await app.drawer().getByRole("tab", { name: "Raw" }).click();
    await app.drawer().getByText("This part could not be loaded.").waitFor({ timeout: patienceMs });
    expect(await rowOf(seen).count()).toBe(1);
    await page.unroute(/assets\/drawer-raw/);
  });

  test("says down to where it looked when the rest takes long, and goes on from there", async () => {
    const { page } = here.visitor;
    const found = await enter("Found at once");
    const cursor = "019a3f00-0000-7000-8000-000000000000";
    // A list that is read anew, because it grew, ends there as well.
    await page.route(/audit\.list/, async (route) => {
      if (decodeURIComponent(route.request().url()).includes(cursor)) return route.continue();
      const answer = await route.fetch();
      // Another list may be answered together with it.
      const body = (await answer.text()).replace(
        '"nextCursor":null,"reachedAt":null',
        `"nextCursor":"${cursor}","reachedAt":"2025-11-01T10:00:00.000Z"`,
      );
      await route.fulfill({ response: answer, body });
    });
    await page.goto(`${here.product.url}/log?code=permit_create&zone=utc`);
    await rowOf(found).waitFor({ timeout: patienceMs });
    await page.getByText("Looked at down to 1 Nov 2025, 10:00:00 UTC; the older part takes longer.").waitFor();
    const older = page.waitForRequest((request) => /audit\.list/.test(request.url()));
    await page.getByRole("button", { name: "Continue" }).click();
    expect(decodeURIComponent((await older).url())).toContain(cursor);
    await page.getByText(/^That is all/).waitFor();
    await page.unroute(/audit\.list/);
  });

  test("is live at the top of a list that another filter drew anew", async () => {
    const { page } = here.visitor;
    await page.setViewportSize({ width: 1440, height: 560 });
    for (let n = 0; n < 20; n++) await enter(`Filler ${n}`);
    await page.getByRole("button", { name: "Live" }).click();
    await page.getByText("All stored, now").waitFor({ timeout: patienceMs });
    await page.keyboard.press("r");
    await page.getByRole("grid").hover();
    await page.mouse.wheel(0, 300);
    await page.getByText("paused").first().waitFor();
    await page.getByRole("button", { name: /^Remove the filter Event/ }).click();
    await page.getByText("paused").first().waitFor({ state: "detached" });
    await rowOf(await enter("At the top")).waitFor({ timeout: patienceMs });
    await page.getByText(/^Counts are from/).waitFor();
    await page.getByRole("button", { name: "Count again" }).click();
    await page.getByText(/^Counts are from/).waitFor({ state: "detached" });
  });

  test("takes along what was selected by key or menu, and holds new rows back meanwhile", async () => {
    const { page, app, context } = here.visitor;
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const [first, second] = [await enter("Picked first"), await enter("Picked second")];
    await page.goto(`${here.product.url}/log?code=permit_create&live=on`);
    await rowOf(second).waitFor({ timeout: patienceMs });
    await page.getByText("All stored, now").waitFor({ timeout: patienceMs });
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await page.keyboard.press("Shift+ArrowDown");
    const bar = page.getByRole("region", { name: "2 selected" });
    await bar.waitFor();
    const held = await enter("Held meanwhile");
    await page.getByRole("button", { name: "1 new" }).waitFor({ timeout: patienceMs });
    expect(await rowOf(held).count()).toBe(0);
    await bar.getByRole("button", { name: "Copy as JSON lines" }).click();
    const lines = (await page.evaluate(() => navigator.clipboard.readText())).split("\n");
    expect(lines.map((line) => JSON.parse(line).object.label)).toEqual([second, first]);
    await bar.getByRole("button", { name: "Copy links" }).click();
    const links = await page.evaluate(() => navigator.clipboard.readText());
    expect(links.split("\n")).toEqual(lines.map((line) => `${here.product.url}/log?event=${JSON.parse(line).id}`));
    await app.rows().first().focus();
    await page.keyboard.press(".");
    await page.getByRole("menuitem", { name: "No longer select this event" }).click();
    await page.getByRole("region", { name: "1 selected" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("region", { name: /selected/ }).waitFor({ state: "detached" });
    await rowOf(held).waitFor({ timeout: patienceMs });
  });

  test("lets go of its line in the background, and shows what it missed when it is looked at again", async () => {
    const { page } = here.visitor;
    await page.getByRole("button", { name: "Live" }).click();
    await rowOf(await enter("Seen at once")).waitFor({ timeout: patienceMs });
    await setHidden(page, true);
    const missed = await enter("Missed");
    expect(await rowOf(missed).count()).toBe(0);
    await setHidden(page, false);
    await rowOf(missed).waitFor({ timeout: patienceMs });
  });

  test("asks to sign in again when the session ends while it is live, and goes on after that", async () => {
    const { page, app, context } = here.visitor;
    await page.getByRole("button", { name: "Live" }).click();
    await rowOf(await enter("Before")).waitFor({ timeout: patienceMs });
    const other = await context.newPage();
    await other.goto(`${here.product.url}/permits`);
    await other.getByRole("button", { name: /Administrator/ }).click();
    await other.getByRole("menuitem", { name: "Sign out" }).click();
    await other.getByRole("textbox", { name: "Password" }).waitFor();
    await page.getByText("Signed out").waitFor({ timeout: patienceMs });
    await app.fillSignIn("Lantern-Quay-7-Gulls-Orbit");
    await rowOf(await enter("After")).waitFor({ timeout: patienceMs });
  });

  test("keeps a question under a name, says when it is edited, and opens with it", async () => {
    const { page } = here.visitor;
    const save = page.getByRole("dialog").getByRole("button", { name: "Save" });
    await page.keyboard.press("s");
    await save.click();
    await page.getByText("A view needs a name.").waitFor();
    await page.getByRole("textbox", { name: "Name" }).fill("New permits");
    await save.click();
    await page.getByText("The view New permits is saved.").waitFor();
    await page.waitForURL(/view=\d/);

    await page.keyboard.press("u");
    await page.getByText("New permits, edited").waitFor();
    await page.getByRole("button", { name: "Revert" }).click();
    await page.getByText("New permits, edited").waitFor({ state: "detached" });
    expect(page.url()).toContain("zone=local");
    await page.keyboard.press("u");
    await page.getByText("New permits, edited").waitFor();
    await page.keyboard.press("s");
    await page.getByText("New permits, edited").waitFor({ state: "detached" });

    await page.getByRole("button", { name: "Views: New permits" }).click();
    await page.getByRole("menuitem", { name: "Open the log with it" }).click();
    await page.getByText("The view New permits is changed.").waitFor();
    await page.goto(`${here.product.url}/log`);
    await page.waitForURL(/code=permit_create&zone=utc&density=regular&view=\d/);

    await clerk.page.goto(`${here.product.url}/log?view=0`);
    await clerk.page.getByRole("button", { name: "Views" }).click();
    await clerk.page.getByRole("menuitem", { name: /New permits/ }).click();
    await appOn(clerk.page, here.product.url).rows().first().waitFor();
    await clerk.page.getByRole("button", { name: "Views: New permits" }).click();
    await clerk.page.getByRole("menuitem", { name: "Remove…" }).click();
    await clerk.page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await clerk.page.getByText("The view New permits is removed.").waitFor();

    // What somebody else removed meanwhile is told, and nothing else is lost.
    await page.getByRole("button", { name: "Views: New permits" }).click();
    await page.getByRole("menuitem", { name: "Star" }).click();
    await page.getByText("There is no view with this id.").waitFor();
  });
});
