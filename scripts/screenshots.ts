import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Browser, Page } from "playwright-core";
import { appOn } from "../e2e/app.ts";
import { isMissing, openBrowser, type Product, startProduct } from "../e2e/harness.ts";
import { root } from "./run/step.ts";
import { failEveryCall } from "./screenshots/failing.ts";
import { type OfficeKind, type Screen, screens } from "./screenshots/screens.ts";

// npm run screenshots [-- log permits]: pictures of every page, in an office at work and in a new one, into docs/screens.
// With --failing: of what a page says when its calls fail. With --into: into another folder.
const { values: options, positionals: wanted } = parseArgs({
  options: { failing: { type: "boolean", default: false }, into: { type: "string", default: "docs/screens" } },
  allowPositionals: true,
});
const folder = resolve(root, options.into);
const sizes = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];
const schemes = ["light", "dark"] as const;

/** Motion ended, fonts there, nothing asked for any more. */
const settle = async (page: Page): Promise<void> => {
  await page.waitForLoadState("networkidle", { timeout: 10_000 }).catch(() => undefined);
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(400);
};

type State = OfficeKind | "failing";
const states: readonly State[] = options.failing ? ["failing"] : ["filled", "empty"];

const isShown = ({ only, signedOut }: Screen, state: State): boolean =>
  state === "failing" ? !signedOut : (only ?? state) === state;

const takeAll = async (browser: Browser, product: Product, state: State): Promise<void> => {
  for (const viewport of sizes) {
    for (const colorScheme of schemes) {
      const context = await browser.newContext({
        viewport,
        colorScheme,
        timezoneId: "UTC",
        locale: "en-GB",
        reducedMotion: "reduce",
      });
      const page = await context.newPage();
      const app = appOn(page, product.url);
      if (state === "failing") page.setDefaultTimeout(5000);
      for (const [name, screen] of Object.entries(screens)) {
        if ((wanted.length > 0 && !wanted.includes(name)) || !isShown(screen, state)) continue;
        const { path, act, signedOut } = screen;
        if (signedOut) await context.clearCookies();
        else if ((await context.cookies()).length === 0) await app.signIn();
        if (state === "failing") await failEveryCall(page);
        await page.goto(product.url + path);
        await settle(page);
        // What a page that failed does not show cannot be pressed.
        await act?.(page).catch((error: unknown) => {
          if (state !== "failing") throw error;
        });
        await settle(page);
        await page.screenshot({ path: join(folder, `${name}-${state}-${viewport.width}-${colorScheme}.png`) });
      }
      await context.close();
    }
  }
};

const run = async (): Promise<void> => {
  if (isMissing("chromium")) return;
  mkdirSync(folder, { recursive: true });
  const browser = await openBrowser();
  try {
    for (const state of states) {
      const env = { CALLS_PER_SESSION: "0", CALLS_PER_ADDRESS: "0" };
      const product = await startProduct(env, state === "empty" ? "new" : "demo");
      await takeAll(browser, product, state).finally(product.stop);
    }
  } finally {
    await browser.close();
  }
};

await run();
