import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { patienceMs } from "./app.ts";
import { isMissing } from "./harness.ts";
import { onStage } from "./stage.ts";

/** Goes from stop to stop until the one that is meant has the focus. */
const tabTo = async (page: Page, goal: Locator, most = 150) => {
  await goal.waitFor({ timeout: patienceMs });
  const isThere = () => goal.evaluate((element) => element === document.activeElement);
  for (let stops = 0; !(await isThere()); stops += 1) {
    expect(stops, `stops before ${goal}`).toBeLessThan(most);
    await page.keyboard.press("Tab");
  }
};

const press = async (page: Page, goal: Locator) => {
  await tabTo(page, goal);
  await page.keyboard.press("Enter");
};

describe.skipIf(isMissing("chromium"))("by keyboard alone", () => {
  const here = onStage();

  test("a permit is entered, approved and assigned", async () => {
    const { app, page } = here.visitor;
    await app.signIn("/permits");
    await press(page, page.getByRole("link", { name: "New permit" }).first());
    await tabTo(page, page.getByRole("textbox", { name: "Holder", exact: true }));
    await page.keyboard.type("Kite Festival");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/permits\/\d+$/);

    const dialog = page.getByRole("dialog");
    await press(page, page.getByRole("button", { name: "Approve", exact: true }));
    await press(page, dialog.getByRole("button", { name: "Approve", exact: true }));
    await dialog.waitFor({ state: "detached" });
    await page.getByText("active", { exact: true }).first().waitFor();

    await press(page, page.getByRole("button", { name: "More", exact: true }));
    await expect.poll(() => page.locator(":focus").textContent()).toBe("Assign");
    await page.keyboard.press("Enter");
    const who = dialog.getByRole("combobox");
    await tabTo(page, who);
    await page.keyboard.type("Admin");
    await page.getByRole("option", { name: /^Administrator/ }).waitFor({ timeout: patienceMs });
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await expect.poll(() => who.inputValue()).toMatch(/^Administrator/);
    await press(page, dialog.getByRole("button", { name: "Assign", exact: true }));
    await dialog.waitFor({ state: "detached" });
    expect(await app.receipt()).toMatch(/^[0-9a-f-]{36}$/);
    await page.getByText("Administrator", { exact: true }).first().waitFor();
  });

  test("a right is found in the matrix, given and saved", async () => {
    const { app, page } = here.visitor;
    await app.signIn("/roles");
    const label = () => page.locator(":focus").getAttribute("aria-label");
    await tabTo(page, page.getByRole("checkbox").first());
    const goal = "Clerk may approve and reject applications";
    await page.keyboard.press("End");
    for (const [key, isFar] of [
      ["ArrowLeft", (name: string) => !name.startsWith("Clerk may")],
      ["ArrowDown", (name: string) => name !== goal],
    ] as const) {
      for (let steps = 0; isFar((await label()) ?? ""); steps += 1) {
        expect(steps, `steps with ${key}`).toBeLessThan(60);
        await page.keyboard.press(key);
      }
    }
    await page.keyboard.press("Space");
    await page.getByText("1 change: 1 given").waitFor();
    await press(page, page.getByRole("button", { name: "Save changes" }));
    await page.getByText("The change is kept.").waitFor({ timeout: patienceMs });
  });

  test("a setting is changed and saved", async () => {
    const { app, page } = here.visitor;
    await app.signIn("/settings");
    await tabTo(page, page.getByRole("textbox", { name: "Name of the office" }));
    await page.keyboard.press("Control+a");
    await page.keyboard.type("Harbour office");
    await press(page, page.getByRole("button", { name: /^Save/ }));
    await page.getByText("The setting is kept.").waitFor({ timeout: patienceMs });
  });
});
