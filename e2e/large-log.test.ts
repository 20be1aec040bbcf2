import { setTimeout as sleep } from "node:timers/promises";
import { testRecorder } from "@countersign/audit/testing/recorder";
import { keepEnvelope } from "@countersign/db/outbox";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Visit, visit } from "./app.ts";
import { isMissing, openBrowser, startProduct, type WholeProduct } from "./harness.ts";
import { asSuperuser } from "./superuser.ts";

const events = 100_000;
const days = 60;
const envelope = 500;

/** Keeps so many assignments of permits, evenly over the days before now, as if they had come in then. */
const fill = (product: WholeProduct): Promise<void> => {
  const spanMs = days * 86_400_000;
  const start = Date.now() - spanMs;
  let time = start;
  const { recorder, nextId } = testRecorder("read", () => time);
  const people = ["Ada Lindqvist", "Bruno Okafor", "Chiara Novák", "Dmitri Haas"];
  const oneEvent = (number: number) => {
    time = start + Math.floor((number / events) * spanMs);
    const event = recorder.seal({
      code: "permit_assign",
      status: number % 50 === 0 ? "failed" : "success",
      actor: { type: "user", id: String(100 + (number % 4)), label: people[number % 4] ?? "", roles: ["Supervisor"] },
      source: "app",
      object: { type: "permit", id: String(number % 5000), label: `P-2026-${String(number % 5000).padStart(6, "0")}` },
      target: { type: "user", id: "8", label: "Elif Sørensen" },
      notes: `counter ${number % 9}`,
    });
    if (event === null) throw new Error("the event was not sealed");
    return event;
  };
  return asSuperuser(product.dataDir, async (tx) => {
    for (let first = 0; first < events; first += envelope) {
      const some = Array.from({ length: envelope }, (_, index) => oneEvent(first + index));
      await keepEnvelope(tx, nextId(), some);
    }
  });
};

const waiting = (product: WholeProduct): Promise<number> =>
  asSuperuser(product.dataDir, async (tx) => {
    const [row] = await tx.sql<{ count: number }[]>`select count(*)::int as count from audit_outbox`;
    return row?.count ?? 0;
  });

describe.skipIf(isMissing("chromium"))("with 100 000 events in the log", () => {
  let product: WholeProduct;
  let browser: Browser;
  let visitor: Visit;

  beforeAll(async () => {
    product = await startProduct();
    browser = await openBrowser();
    await fill(product);
    while ((await waiting(product)) > 0) await sleep(500);
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
