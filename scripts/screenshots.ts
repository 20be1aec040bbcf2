import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { appOn } from "../e2e/app.ts";
import { isMissing, openBrowser, type Product, startProduct } from "../e2e/harness.ts";
import { root } from "./run/step.ts";
import { screens } from "./screenshots/screens.ts";

// npm run screenshots [-- log permits]: pictures of every page, in an office at work and in a new one, into docs/screens.
const wanted = process.argv.slice(2);
const folder = join(root, "docs/screens");
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

const takeAll = async (browser: Browser, product: Product, office: "filled" | "empty"): Promise<void> => {
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
      for (const [name, { path, act, only, signedOut }] of Object.entries(screens)) {
        if ((wanted.length > 0 && !wanted.includes(name)) || (only ?? office) !== office) continue;
        if (signedOut) await context.clearCookies();
        else if ((await context.cookies()).length === 0) await app.signIn();
        await page.goto(product.url + path);
        await settle(page);
        await act?.(page);
        await settle(page);
        await page.screenshot({ path: join(folder, `${name}-${office}-${viewport.width}-${colorScheme}.png`) });
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
    for (const [office, kind] of [
      ["filled", "demo"],
      ["empty", "new"],
    ] as const) {
      const product = await startProduct({ CALLS_PER_SESSION: "0", CALLS_PER_ADDRESS: "0" }, kind);
      await takeAll(browser, product, office).finally(product.stop);
    }
  } finally {
    await browser.close();
  }
};

await run();
