import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { type Visit, visit } from "./app.ts";
import { openBrowser, startProduct, type WholeProduct } from "./harness.ts";

type Stage = { product: WholeProduct; browser: Browser; visitor: Visit };

/** A new office and a browser for the journeys of one suite, and a visitor for each; all is there once its hooks run. */
export const onStage = (): Stage => {
  const stage: Partial<Stage> = {};
  beforeAll(async () => {
    stage.product = await startProduct();
    stage.browser = await openBrowser();
  });
  afterAll(async () => {
    await stage.browser?.close();
    await stage.product?.stop();
  });
  beforeEach(async () => {
    const { browser, product } = stage as Stage;
    stage.visitor = await visit(browser, product.url);
  });
  afterEach(() => stage.visitor?.leave());
  return stage as Stage;
};
