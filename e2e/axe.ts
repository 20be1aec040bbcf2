import axe from "axe-core";
import type { Page } from "playwright-core";

/** WCAG 2.2 A and AA. */
const check = `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }).then(({ violations }) =>
  violations.map(({ id, nodes }) => id + " at " + nodes.map(({ target }) => target.join(" ")).join(", ")))`;

/**
 * What speaks against a page as it stands now: breaches of WCAG, and a width beyond the screen's. Its context has to bypass the
 * content policy, which would refuse a script of ours that is put into the page.
 */
export const findingsOn = async (page: Page): Promise<string[]> => {
  await page.waitForTimeout(400);
  await page.addScriptTag({ content: axe.source });
  const found = await page.evaluate<string[]>(check);
  const isWide = await page.evaluate<boolean>("document.documentElement.scrollWidth > innerWidth");
  return isWide ? [...found, "wider than the screen"] : found;
};

/** The appearances that every page is held to. */
export const views = [
  { colorScheme: "light", width: 1440 },
  { colorScheme: "dark", width: 1440 },
  { colorScheme: "light", width: 320 },
] as const;
