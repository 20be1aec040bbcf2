import axe from "axe-core";
import type { Page } from "playwright-core";

/** WCAG 2.2 A and AA. */
const wcag = { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] };
/** What another scheme of the same page can breach. */
const colours = { runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] } };

const check = (rules: object) => `axe.run(document, ${JSON.stringify(rules)}).then(({ violations }) =>
  violations.map(({ id, nodes }) => id + " at " + nodes.map(({ target }) => target.join(" ")).join(", ")))`;

type Scheme = "light" | "dark";

/** Until nothing on the page has changed or moved for as long as it takes an answer to be shown, and no part of it is being read. */
const quiet = `new Promise((resolve) => {
  const latest = performance.now() + 4000;
  let changed = performance.now();
  const watch = new MutationObserver(() => { changed = performance.now(); });
  watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  const moves = () => document.getAnimations().some((one) =>
    one.playState === "running" && Number.isFinite(one.effect?.getComputedTiming().endTime));
  const look = () => {
    const now = performance.now();
    const isBusy = document.querySelector('main [aria-busy="true"], #content [aria-busy="true"]') !== null || moves();
    if ((now - changed < 100 || isBusy) && now < latest) return setTimeout(look, 20);
    watch.disconnect();
    resolve();
  };
  look();
})`;

const asking = new WeakMap<Page, Set<unknown>>();

/** The calls of a page that wait for an answer, except what follows the log for ever. */
const callsOf = (page: Page): Set<unknown> => {
  const known = asking.get(page);
  if (known) return known;
  const calls = new Set<unknown>();
  page.on("request", (request) => {
    if (/\/(trpc|api)\//.test(request.url()) && !request.url().includes("audit.live")) calls.add(request);
  });
  page.on("requestfinished", (request) => calls.delete(request));
  page.on("requestfailed", (request) => calls.delete(request));
  page.on("framenavigated", (frame) => {
    if (frame === page.mainFrame()) calls.clear();
  });
  asking.set(page, calls);
  return calls;
};

/** Waits until a page stands still: every call is answered and its answer is shown. */
export const settled = async (page: Page): Promise<void> => {
  const calls = callsOf(page);
  const latest = Date.now() + 8_000;
  do {
    await page.evaluate(quiet);
  } while (calls.size > 0 && Date.now() < latest);
};

type Look = {
  schemes: readonly Scheme[];
  /** Whether colours stand further apart, as a system can wish. */
  high?: boolean;
};

/**
 * What speaks against a page as it stands now, in each of the schemes: breaches of WCAG, and a width beyond the screen's. Its
 * context has to bypass the content policy, which would refuse a script of ours that is put into the page.
 */
export const findingsOn = async (page: Page, { schemes, high = false }: Look): Promise<string[]> => {
  await settled(page);
  await page.evaluate(`if (!("axe" in window)) { ${axe.source} }`);
  const isWide = await page.evaluate<boolean>("document.documentElement.scrollWidth > innerWidth");
  const findings = isWide ? ["wider than the screen"] : [];
  for (const [index, colorScheme] of schemes.entries()) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce", contrast: high ? "more" : "no-preference" });
    await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor({ state: "attached" });
    // Colours may move to those of the other scheme.
    await page.evaluate("new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown)))");
    await page.evaluate(quiet);
    const found = await page.evaluate<string[]>(check(index === 0 && !high ? wcag : colours));
    findings.push(...found.map((one) => `${colorScheme}: ${one}`));
  }
  return findings;
};

/** The appearances that every page is held to. */
export const views: readonly { width: number; schemes: readonly Scheme[] }[] = [
  { width: 1440, schemes: ["light", "dark"] },
  { width: 320, schemes: ["light"] },
];
