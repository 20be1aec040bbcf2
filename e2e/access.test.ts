import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type App, appOn } from "./app.ts";
import { isMissing, openBrowser, type Product, startProduct } from "./harness.ts";

/** WCAG 2.2 A and AA. */
const check = `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }).then(({ violations }) =>
  violations.map(({ id, nodes }) => id + " at " + nodes.map(({ target }) => target.join(" ")).join(", ")))`;

type State = { name: string; path: string; act?: (page: Page, app: App) => Promise<unknown> };
const states: State[] = [
  { name: "the log", path: "/log" },
  { name: "an empty log", path: "/log?status=pending" },
  { name: "an open event", path: "/log?code=permit_create", act: (_, app) => app.rows().first().press("Enter") },
  {
    name: "the context of an event",
    path: "/log?code=permit_create",
    act: async (page, app) => {
      await app.rows().first().press("Enter");
      await page.getByRole("tab", { name: "Context" }).click();
    },
  },
  {
    name: "an open filter",
    path: "/log",
    act: (page) =>
      page
        .getByRole("button", { name: /Event$|Filters/ })
        .locator("visible=true")
        .first()
        .click(),
  },
  {
    name: "the ranges",
    path: "/log",
    act: (page) => page.getByRole("button", { name: "Last 7 days" }).click(),
  },
  { name: "the keys", path: "/log", act: (page) => page.keyboard.press("?") },
  { name: "the permits", path: "/permits" },
  { name: "a permit", path: "/permits/1" },
  {
    name: "an act about to be done",
    path: "/permits/1",
    act: (page) => page.getByRole("button", { name: "Approve" }).click(),
  },
  {
    name: "a form with a mistake",
    path: "/permits/new",
    act: (page) => page.getByRole("button", { name: "Create permit" }).click(),
  },
  { name: "a form with nothing changed", path: "/permits/1/edit" },
  { name: "a permit that is not there", path: "/permits/99" },
  { name: "no page", path: "/nowhere" },
];

describe.skipIf(isMissing("chromium"))("every page and state meets WCAG 2.2 AA", () => {
  let product: Product;
  let browser: Browser;

  beforeAll(async () => {
    product = await startProduct();
    browser = await openBrowser();
    const page = await browser.newPage();
    await appOn(page, product.url).signIn("/permits/new");
    await page.getByRole("textbox", { name: "Holder", exact: true }).fill("Harbour Street Market");
    await page.getByRole("button", { name: "Create permit" }).click();
    await page.getByRole("status").getByText("Kept.").waitFor();
    await page.close();
  });
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });

  const views = [
    { colorScheme: "light", width: 1440 },
    { colorScheme: "dark", width: 1440 },
    { colorScheme: "light", width: 320 },
  ] as const;

  test.each(views)(
    "at $width px in the $colorScheme scheme, without scrolling sideways",
    async ({ colorScheme, width }) => {
      // The checker is a script of ours put into the page, which the page's own policy would refuse.
      const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
      const page = await context.newPage();
      const app = appOn(page, product.url);
      const findings: string[] = [];
      const inspect = async (name: string) => {
        await page.waitForTimeout(400);
        await page.addScriptTag({ content: axe.source });
        const found = await page.evaluate<string[]>(check);
        const isWide = await page.evaluate<boolean>("document.documentElement.scrollWidth > innerWidth");
        findings.push(
          ...found.map((finding) => `${name}: ${finding}`),
          ...(isWide ? [`${name}: wider than the screen`] : []),
        );
      };
      await page.goto(`${product.url}/sign-in`);
      await page.getByLabel("Name").waitFor();
      await inspect("the sign-in");
      await app.signIn();
      for (const { name, path, act } of states) {
        await page.goto(product.url + path);
        await page.getByRole("heading").first().waitFor();
        await page.waitForTimeout(400);
        await act?.(page, app);
        await inspect(name);
      }
      expect(findings).toEqual([]);
      await context.close();
    },
  );
});
