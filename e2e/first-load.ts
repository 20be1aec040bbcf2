import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";

/** Bytes of script and style, compressed, that a page asks for until `open` is done. */
export const firstLoad = async (
  page: Page,
  open: () => Promise<unknown>,
): Promise<{ script: number; stylesheet: number }> => {
  const sizes = { script: 0, stylesheet: 0 };
  const read: Promise<() => void>[] = [];
  page.on("response", (response) => {
    const type = response.request().resourceType();
    if (type !== "script" && type !== "stylesheet") return;
    const add = (body: Buffer) => () => {
      sizes[type] += gzipSync(body, { level: 9 }).length;
    };
    read.push(response.body().then(add));
  });
  await open();
  // What comes after that is nobody's wait, but must be there before the page is left.
  const first = read.length;
  await page.waitForLoadState("networkidle");
  for (const count of (await Promise.all(read)).slice(0, first)) count();
  return sizes;
};
