import axe from "axe-core";
import type { Page } from "playwright-core";

/** WCAG 2.2 A and AA. */
const check = `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }).then(({ violations }) =>
  violations.map(({ id, nodes }) => id + " at " + nodes.map(({ target }) => target.join(" ")).join(", ")))`;

type Scheme = "light" | "dark";

/**
 * What speaks against a page as it stands now, in each of the schemes: breaches of WCAG, and a width beyond the screen's. Its
 * context has to bypass the content policy, which would refuse a script of ours that is put into the page.
 */
export const findingsOn = async (page: Page, schemes: readonly Scheme[]): Promise<string[]> => {
  await page.waitForTimeout(400);
  await page.addScriptTag({ content: axe.source });
  const isWide = await page.evaluate<boolean>("document.documentElement.scrollWidth > innerWidth");
  const findings = isWide ? ["wider than the screen"] : [];
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme });
    await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor({ state: "attached" });
    // Colours move to those of the other scheme.
    await page.waitForTimeout(250);
    findings.push(...(await page.evaluate<string[]>(check)).map((found) => `${colorScheme}: ${found}`));
  }
  return findings;
};

/** The appearances that every page is held to. */
export const views: readonly { width: number; schemes: readonly Scheme[] }[] = [
  { width: 1440, schemes: ["light", "dark"] },
  { width: 320, schemes: ["light"] },
];
