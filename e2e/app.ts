import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { adminPassword } from "./harness.ts";

/** An act stands in the log within a second; a test does not fail because its machine is busy. */
export const patienceMs = 10_000;

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

  /** Chooses an act from the menu of the permit that is open. */
  chooseAct: async (act: string) => {
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: act, exact: true }).click();
  },

  rows: (): Locator => page.getByRole("grid", { name: "Events, newest first" }).locator("tr[data-event]"),
  row: (id: string): Locator => page.locator(`tr[data-event="${id}"]`),
  drawer: (): Locator => page.getByRole("complementary", { name: "Event" }),
});

export type App = ReturnType<typeof appOn>;

/** Lets the overview of a new office stand where its first steps would. */
export const leaveFirstSteps = (page: Page) =>
  page.addInitScript(() => localStorage.setItem("countersign-preferences", JSON.stringify({ firstSteps: "left" })));

/** Does what the open dialog asks about, and waits until it is gone. */
export const confirm = async (page: Page, verb: string, reason?: string) => {
  const dialog = page.getByRole("dialog");
  if (reason !== undefined) await dialog.getByLabel(/^Reason/).fill(reason);
  await dialog.getByRole("button", { name: verb, exact: true }).click();
  await dialog.waitFor({ state: "detached" });
};

/** The changes that the open event shows: field, before, after. */
export const shownChanges = async (drawer: Locator): Promise<string[][]> => {
  const rows = await drawer.getByRole("table").locator("tbody tr").all();
  return Promise.all(rows.map((row) => row.locator("th, td").allTextContents()));
};

/** Opens an event from the log and answers what it says. */
export const readEvent = async (page: Page, url: string, id: string) => {
  const app = appOn(page, url);
  await page.goto(`${url}/log?event=${id}`);
  await app.row(id).waitFor({ timeout: patienceMs });
  const drawer = app.drawer();
  const sentence = await drawer.getByRole("heading", { level: 2 }).textContent();
  return { sentence, changes: await shownChanges(drawer) };
};

/** Fails one call wherever it is asked for, alone or among others; answers what ends that. */
export const failOnly = async (page: Page, name: string, how: { reason?: string; httpStatus?: number } = {}) => {
  const isAsked = (url: URL) => url.pathname.startsWith("/trpc/") && url.pathname.includes(name);
  const data = { code: "INTERNAL_SERVER_ERROR", httpStatus: 500, reason: "internal", requestId: "r_1", ...how };
  await page.route(isAsked, async (route) => {
    const names = new URL(route.request().url()).pathname.slice("/trpc/".length).split(",");
    const response = await route.fetch();
    const answers = (await response.json()) as unknown[];
    const failed = { error: { json: { message: "The server could not answer.", code: -32603, data } } };
    const json = names.map((one, at) => (one === name ? failed : answers[at]));
    await route.fulfill({ response, status: 207, json });
  });
  return () => page.unroute(isAsked);
};

export type Visit = { context: BrowserContext; page: Page; app: App; leave: () => Promise<void> };

/** A visitor of their own; leaving fails when a page broke its content policy or threw. */
export const visit = async (browser: Browser, url: string): Promise<Visit> => {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    timezoneId: "UTC",
    locale: "en-GB",
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  const leave = async () => {
    await context.close();
    expect(complaints).toEqual([]);
  };
  return { context, page, app: appOn(page, url), leave };
};
