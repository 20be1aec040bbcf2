import type { Page } from "playwright-core";
import { visit } from "../e2e/app.ts";
import { firstLoad } from "../e2e/first-load.ts";
import { isMissing, openBrowser, startProduct } from "../e2e/harness.ts";
import { keepMany } from "../e2e/many-events.ts";
import { figure, type Report, ratio } from "./results.ts";
import { inTurn } from "./rounds.ts";
import type { Scene } from "./scene.ts";

const events = 100_000;
const budget = 250_000;
const scrollMs = 4000;
/** Two screens a second, as a hand at the wheel does. */
const pxPerSecond = 1800;

/** A page as long as the list in which every row is plain text that is there already: what scrolling costs the browser alone. */
const plainPage = `<div style="height:100vh;overflow:auto">${"<div style='height:37px'>row</div>".repeat(5000)}</div>`;

/** Scrolls the list up and down and answers frames a second, with the share of frames that came later than two of 60 a second. */
const scroll = (page: Page, selector: string): Promise<{ perSecond: number; late: number }> =>
  page.evaluate(
    `new Promise((done) => {
      const list = document.querySelector(${JSON.stringify(selector)});
      const gaps = [];
      const start = performance.now();
      const top = list.scrollTop;
      let last = start;
      const frame = (now) => {
        gaps.push(now - last);
        last = now;
        const passed = now - start;
        const there = passed < ${scrollMs / 2} ? passed : ${scrollMs} - passed;
        list.scrollTop = top - (there / 1000) * ${pxPerSecond};
        if (passed < ${scrollMs}) requestAnimationFrame(frame);
        else done({ perSecond: gaps.length / (passed / 1000), late: gaps.filter((gap) => gap > 34).length / gaps.length });
      };
      requestAnimationFrame(frame);
    })`,
  );

/** Lets the list read on until every row is loaded. */
const loadAll = async (page: Page): Promise<void> => {
  const list = page.locator("[data-scroll-restoration-id]").last();
  const atEnd = page.getByText("That is all.");
  while ((await atEnd.count()) === 0) {
    await list.evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
    await page.waitForTimeout(30);
  }
};

/** What the first page weighs, and how many frames a second the list shows while it is scrolled with 100 000 rows loaded. */
export const showLog = async ({ rounds, tell }: Scene): Promise<Report> => {
  if (isMissing("chromium")) return { results: [], notes: ["P9 was not measured: there is no Chromium."] };
  const product = await startProduct({ CALLS_PER_SESSION: "0", CALLS_PER_ADDRESS: "0" });
  const browser = await openBrowser();
  try {
    await keepMany(product, { events, days: 60 });
    const { page, app, leave, context } = await visit(browser, product.url);
    const { script } = await firstLoad(page, async () => {
      await app.signIn("/log?range=90d");
      await app.rows().first().waitFor();
    });
    tell(`  ${script} bytes of script, compressed`);
    await loadAll(page);
    tell("  every row is loaded");
    const plain = await context.newPage();
    await plain.setContent(plainPage);
    await plain
      .locator("div")
      .first()
      .evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
    const late: number[] = [];
    const measured = async (shown: Page, selector: string): Promise<number> => {
      await shown.bringToFront();
      const { perSecond, late: share } = await scroll(shown, selector);
      if (shown === page) late.push(share);
      return perSecond;
    };
    const figures = await inTurn(
      { plain: () => measured(plain, "div"), log: () => measured(page, "[data-scroll-restoration-id]") },
      rounds,
      tell,
    );
    await leave();
    const weight = [{ script: script / 1000 }];
    return {
      results: [
        figure("P9", "script of the first page, compressed", "kB", weight, "script"),
        ratio("P9", "script ÷ 250 kB", { atMost: 1 }, weight, (round) => (round.script * 1000) / budget),
        figure("P9", "frames a second, list with 100 000 rows", "", figures, "log"),
        figure("P9", "frames a second, plain page", "", figures, "plain"),
        ratio("P9", "list ÷ plain page", { atLeast: 0.95 }, figures, (round) => round.log / round.plain),
      ],
      notes: [
        `P9: headless Chromium without a graphics card, scrolled ${pxPerSecond} px a second; frames later than 34 ms: ${late.map((share) => `${(share * 100).toFixed(1)} %`).join(", ")}, the warm-up first.`,
      ],
    };
  } finally {
    await browser.close();
    await product.stop();
  }
};
