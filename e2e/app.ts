import type { Locator, Page } from "playwright-core";
import { adminPassword } from "./harness.ts";

/** What a person does with the app, by the names that stand on screen. */
export const appOn = (page: Page, url: string) => ({
  fillSignIn: async (password: string, name = "admin") => {
    await page.getByLabel("Name").fill(name);
    await page.getByRole("textbox", { name: "Password" }).fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
  },

  signIn: async (path = "/log") => {
    await page.goto(url + path);
    await page.getByLabel("Name").fill("admin");
    await page.getByRole("textbox", { name: "Password" }).fill(adminPassword);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("navigation", { name: "Pages" }).waitFor();
  },

  /** The receipt of the last act: the id of the event it left. */
  receipt: async (): Promise<string> => {
    const link = page.getByRole("status").getByRole("link", { name: /^Event / });
    const href = await link.getAttribute("href");
    await page.getByRole("button", { name: "Dismiss" }).click();
    return new URL(href ?? "", url).searchParams.get("event") ?? "";
  },

  rows: (): Locator => page.getByRole("grid", { name: "Events, newest first" }).locator("tr[data-event]"),
  row: (id: string): Locator => page.locator(`tr[data-event="${id}"]`),
  drawer: (): Locator => page.getByRole("complementary", { name: "Event" }),
});

export type App = ReturnType<typeof appOn>;

/** The changes that the open event shows: field, before, after. */
export const shownChanges = async (drawer: Locator): Promise<string[][]> => {
  const rows = await drawer.getByRole("table").locator("tbody tr").all();
  return Promise.all(rows.map((row) => row.locator("th, td").allTextContents()));
};
