import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { patienceMs, shownChanges, visit } from "./app.ts";
import { isMissing } from "./harness.ts";
import { onStage } from "./stage.ts";

/** The fields of the state that is shown, by name. */
const stateOf = async (page: Page): Promise<Record<string, string>> => {
  const rows = await page
    .getByRole("table", { name: /^Fields/ })
    .locator("tbody tr")
    .all();
  const pairs = await Promise.all(
    rows.map(async (row) => [
      (await row.locator("th").textContent()) ?? "",
      (await row.locator("td > span").first().textContent()) ?? "",
    ]),
  );
  return Object.fromEntries(pairs);
};

describe.skipIf(isMissing("chromium"))("the history of an object", () => {
  const here = onStage();
  let number: string;

  beforeAll(async () => {
    const { page, app, leave } = await visit(here.browser, here.product.url);
    await app.signIn("/permits/new");
    await page.getByRole("textbox", { name: "Holder", exact: true }).fill("Harbour Street Market");
    await page.getByRole("button", { name: "Create permit" }).click();
    await app.receipt();
    number = (await page.getByRole("heading", { level: 1 }).textContent()) ?? "";
    for (const site of ["Pier 4", "Pier 9"]) {
      await page.getByRole("link", { name: "Edit" }).click();
      await page.getByLabel("Site").fill(site);
      await page.getByRole("button", { name: "Save changes" }).click();
      await app.receipt();
    }
    await page.getByRole("region", { name: "History" }).getByText("Pier 9").waitFor({ timeout: patienceMs });
    await leave();
  });

  test("its state is scrubbed by keyboard, typed as a time, kept in the address, and compared with another", async () => {
    const { app, page } = here.visitor;
    await app.signIn("/permits/1");
    await page.getByRole("link", { name: "Its whole history" }).click();
    await page.getByRole("heading", { level: 1, name: number }).waitFor();
    await page.getByRole("table", { name: "Fields, Now" }).waitFor();
    expect(await stateOf(page)).toMatchObject({ Number: number, Site: "Pier 9", Status: "pending" });

    const slider = page.getByRole("slider", { name: "Moment" });
    await slider.focus();
    await page.keyboard.press("ArrowLeft");
    await expect.poll(async () => (await stateOf(page)).Site).toBe("Pier 4");
    expect(await slider.getAttribute("aria-valuetext")).toContain(`Administrator changed ${number}`);
    await page.keyboard.press("Home");
    await page.getByText("It did not exist yet.").waitFor();

    await slider.press("ArrowRight");
    await expect.poll(async () => (await stateOf(page)).Site).toBe("none");
    await page.getByText("State shown:").waitFor();
    await page.reload();
    await expect.poll(async () => (await stateOf(page)).Site).toBe("none");

    await page.getByLabel(/^Any time/).fill("2001-01-01T12:00:00");
    await page.getByText("It did not exist yet.").waitFor();
    await page.getByRole("button", { name: "Now" }).click();
    await expect.poll(async () => (await stateOf(page)).Site).toBe("Pier 9");

    await page.getByRole("button", { name: "Compare with another moment" }).click();
    const state = page.getByRole("region", { name: "Compared" });
    await state.getByText("What lies between").waitFor();
    await expect.poll(() => shownChanges(state)).toEqual([["Site", "none", "Pier 9"]]);
    const between = state.getByRole("region", { name: "What lies between" });
    await between.getByText("Pier 9").first().waitFor();
    expect(await between.getByText(`created ${number}`).count()).toBe(0);
    expect(new URL(page.url()).searchParams.get("from")).toMatch(/^\d{4}-/);
  });

  test("its timeline is filtered in the address, and what is gone or never was says so", async () => {
    const { app, page } = here.visitor;
    await app.signIn("/history/permit/1");
    const timeline = page.getByRole("region", { name: "Timeline" });
    await timeline
      .getByRole("listitem")
      .filter({ hasText: `created ${number}` })
      .waitFor();
    await page.getByLabel("Show", { exact: true }).selectOption({ label: "Permit updated" });
    await page.waitForURL(/show=permit_update/);
    await timeline.getByText("2 events").waitFor();
    await page.getByLabel("Search", { exact: true }).fill("nothing of that kind");
    await page.keyboard.press("Enter");
    await page.getByText("No event matches").waitFor();
    await page.getByRole("button", { name: "Clear filters" }).first().click();
    await timeline
      .getByRole("listitem")
      .filter({ hasText: `created ${number}` })
      .waitFor();

    await page.goto(`${here.product.url}/permits/new`);
    await page.getByRole("textbox", { name: "Holder", exact: true }).fill("Quayside Events");
    await page.getByRole("button", { name: "Create permit" }).click();
    await app.receipt();
    await app.chooseAct("Delete");
    const dialog = page.getByRole("dialog");
    const gone = (await page.getByRole("heading", { level: 1 }).textContent()) ?? "";
    await dialog.getByLabel(/^Type P-/).fill(gone);
    await dialog.getByLabel(/^Reason/).fill("Entered twice");
    await dialog.getByRole("button", { name: "Delete" }).click();
    const deleted = await app.receipt();
    await page.goto(`${here.product.url}/log?event=${deleted}`);
    await app.drawer().getByRole("link", { name: gone }).click({ timeout: patienceMs });
    await page.getByRole("heading", { level: 1, name: gone }).waitFor();
    await page.getByText(/^Deleted on .* by Administrator\.$/).waitFor();
    await page.getByText("It had been deleted").waitFor();
    await page.getByRole("button", { name: "Show its last values" }).click();
    await expect.poll(async () => (await stateOf(page)).Holder).toBe("Quayside Events");

    await page.goto(`${here.product.url}/history/permit/999`);
    await page.getByText("The log holds nothing of permit 999").waitFor();
  });

  test("the open event shows what stands around it, narrows the log by its values and keeps its width", async () => {
    const { app, page } = here.visitor;
    await app.signIn("/log?code=permit_update");
    await app.rows().first().press("Enter");
    const drawer = app.drawer();
    await drawer.getByRole("tab", { name: "Timeline" }).click();
    await drawer
      .getByRole("listitem")
      .filter({ hasText: `created ${number}` })
      .getByRole("button", { name: /:/ })
      .click();
    await drawer.getByRole("heading", { level: 2 }).getByText("created").waitFor();
    expect(await drawer.getByRole("tab", { name: "Timeline" }).getAttribute("aria-selected")).toBe("true");

    await page.keyboard.press("[");
    await drawer.getByText("Roles now").waitFor();
    await drawer.getByText("Actor", { exact: true }).hover();
    await page.keyboard.press(".");
    await page.getByRole("menuitem", { name: "Only these" }).click();
    await page.waitForURL(/actor=user(:|%3A)1/);

    await drawer.getByRole("tab", { name: "Raw" }).click();
    await drawer.getByRole("region", { name: "OCSF 1.6.0, as text" }).getByText('"class_uid": 6003').waitFor();
    await drawer
      .getByRole("region", { name: "CloudEvents 1.0, as text" })
      .getByText("countersign.permit_create")
      .waitFor();

    const handle = drawer.getByRole("separator", { name: "Width of the event" });
    await handle.focus();
    await page.keyboard.press("ArrowLeft");
    await expect.poll(async () => (await drawer.boundingBox())?.width).toBe(540);
    const edge = await handle.boundingBox();
    await page.mouse.move((edge?.x ?? 0) + 2, 400);
    await page.mouse.down();
    await page.mouse.move((edge?.x ?? 0) - 98, 400, { steps: 4 });
    await page.mouse.up();
    await expect.poll(async () => Math.round(((await drawer.boundingBox())?.width ?? 0) / 10)).toBe(64);
    await page.reload();
    await expect.poll(async () => Math.round(((await drawer.boundingBox())?.width ?? 0) / 10)).toBe(64);
  });
});
