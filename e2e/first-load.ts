import { gzipSync } from "node:zlib";
import type { Page, Request } from "playwright-core";

const isCounted = (type: string): type is "script" | "stylesheet" => type === "script" || type === "stylesheet";

/** Bytes of script and style, compressed, that a page asks for until the rows of the log are answered; what comes after that is nobody's wait. */
export const firstLoad = async (
  page: Page,
  open: () => Promise<unknown>,
): Promise<{ script: number; stylesheet: number }> => {
  const asked: Request[] = [];
  let isAnswered = false;
  page.on("request", (request) => {
    if (!isAnswered && isCounted(request.resourceType())) asked.push(request);
  });
  page.on("response", (response) => {
    if (response.url().includes("audit.list")) isAnswered = true;
  });
  await open();
  const sizes = { script: 0, stylesheet: 0 };
  for (const request of asked) {
    const body = await (await request.response())?.body();
    const type = request.resourceType();
    if (body !== undefined && isCounted(type)) sizes[type] += gzipSync(body, { level: 9 }).length;
  }
  return sizes;
};
