import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Visit, visit } from "./app.ts";
import { isMissing, openBrowser, startProduct, type WholeProduct } from "./harness.ts";
import { keepMany } from "./many-events.ts";

const events = 100_000;

describe.skipIf(isMissing("chromium"))("with 100 000 events in the log", () => {
  let product: WholeProduct;
  let browser: Browser;
  let visitor: Visit;

  beforeAll(async () => {
    product = await startProduct();
    browser = await openBrowser();
    await keepMany(product, { events, days: 60 });
    visitor = await visit(browser, product.url);
    await visitor.app.signIn("/log?range=90d");
  });
  afterAll(async () => {
    await visitor?.leave();
    await browser?.close();
    await product?.stop();
  });

  test("the list is scrolled to its end, and every row was there once, newest first", async () => {
    const { page, app } = visitor;
    await app.rows().first().waitFor();
    const seen: string[] = [];
    page.on("response", (response) => {
      if (!response.url().includes("audit.list")) return;
      void response
        .json()
        .then((answers: { result: { data: { json: { entries?: { id: string }[] } } } }[]) => {
          for (const { result } of answers) seen.push(...(result.data.json.entries ?? []).map(({ id }) => id));
        })
        .catch(() => undefined);
    });
    await page.goto(`${product.url}/log?range=90d&actor=user:101`);
    await app.rows().first().waitFor();
    const scroller = page.locator("[data-scroll-restoration-id]").last();
    const atEnd = page.getByText("That is all.");
    while ((await atEnd.count()) === 0) {
      await scroller.evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
      await page.waitForTimeout(30);
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength(events / 4);
    expect(seen).toEqual([...seen].sort().reverse());
    await page.getByText("25,000 events shown").waitFor();
  });
});
