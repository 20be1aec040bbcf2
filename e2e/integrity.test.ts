import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { verifyLogProof } from "@countersign/audit/ledger/proof";
import { formatVkey, verifierKey } from "@countersign/audit/ledger/vkey";
import { nodeCrypto, signerOf } from "@countersign/service/crypto";
import { readKeyFile } from "@countersign/service/key-file";
import { beforeAll, describe, expect, test } from "vitest";
import { patienceMs, visit } from "./app.ts";
import { isMissing } from "./harness.ts";
import { onStage } from "./stage.ts";
import { asSuperuser } from "./superuser.ts";

describe.skipIf(isMissing("chromium"))("the log is checked by whoever reads it", () => {
  const here = onStage();
  let eventId: string;

  beforeAll(async () => {
    const { page, app, leave } = await visit(here.browser, here.product.url);
    await app.signIn("/permits/new");
    await page.getByRole("textbox", { name: "Holder", exact: true }).fill("Harbour Street Market");
    await page.getByRole("button", { name: "Create permit" }).click();
    await app.receipt();
    await page.getByRole("button", { name: "Approve" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
    eventId = await app.receipt();
    await leave();
  });

  /** Opens the proof of the event and answers what the check says: its verdict, and each step that does not fit. */
  const check = async () => {
    const { app, page } = here.visitor;
    const drawer = app.drawer();
    if (!page.url().includes(eventId)) await page.goto(`${here.product.url}/log?event=${eventId}`);
    await drawer.getByRole("tab", { name: "Proof" }).click();
    await drawer.getByRole("button", { name: /^Check/ }).click();
    const verdict = drawer.getByText(/^This event|^What could be checked/);
    await verdict.waitFor({ timeout: patienceMs });
    await drawer.getByRole("button", { name: "Check again" }).waitFor();
    const steps = await drawer.getByRole("region", { name: "What was computed here" }).getByRole("listitem").all();
    const texts = await Promise.all(steps.map((step) => step.textContent()));
    expect(texts).toHaveLength(5);
    return { verdict: await verdict.textContent(), unfitting: texts.filter((text) => text?.includes("does not fit")) };
  };
  const sealed = async () => {
    const { page } = here.visitor;
    await page.goto(`${here.product.url}/integrity`);
    await page.getByText(/^All \d+ events of the log are under the newest checkpoint\.$/).waitFor({ timeout: 30_000 });
  };
  const tamper = (assignment: string) =>
    asSuperuser(here.product.dataDir, async ({ sql }) => {
      const { count } = await sql.unsafe(`update event_log set ${assignment} where id = '${eventId}'`);
      expect(count).toBe(1);
    });

  test("the page says when the log was signed, by which key, and what it covers", async () => {
    const { app, page } = here.visitor;
    await app.signIn("/integrity");
    await sealed();
    const seal = page.getByRole("region", { name: "State of the seal" });
    expect(await seal.getByRole("heading").textContent()).toMatch(/^Signed \d+ s ago$/);
    const checkpoint = page.getByRole("region", { name: "Newest checkpoint" });
    await checkpoint.getByText("Checked in this browser: it is the trusted key's.").waitFor();
    const keys = page.getByRole("region", { name: "Public keys" });
    await keys.getByText("Signs the log").waitFor();
    await keys.getByText(/^Remembered by this browser since/).waitFor();
    const saving = page.waitForEvent("download");
    await checkpoint.getByRole("button", { name: "Download note" }).click();
    const note = readFileSync(await (await saving).path(), "utf8");
    expect(note).toMatch(/^\S+\n\d+\n[\w+/]{43}=\n\n— \S+ \S+\n$/);
  });

  test("an event is intact in the browser, and its downloaded proof in another program", async () => {
    const { app, page } = here.visitor;
    await app.signIn("/integrity");
    await sealed();
    expect(await check()).toEqual({ verdict: "This event is intact.", unfitting: [] });

    const saving = page.waitForEvent("download");
    await app.drawer().getByRole("button", { name: "Download proof" }).click();
    const saved = await saving;
    expect(saved.suggestedFilename()).toBe(`${eventId}.tlog-proof`);
    const file = readFileSync(await saved.path(), "utf8");
    // The key is read where it lies, not where the server names it.
    const remembered = JSON.parse(await page.evaluate<string>("localStorage.getItem('countersign-log-key')"));
    const name = remembered.vkey.split("+")[0];
    const signer = await readKeyFile(join(here.product.dataDir, "ledger", "log-key.pem"), name);
    expect(remembered).toMatchObject({ vkey: formatVkey(signer!.key), from: "first_sight" });
    const verified = verifyLogProof(file, { origin: name, keys: [signer!.key] }, nodeCrypto);
    expect(verified).toMatchObject({
      ok: true,
      value: { trust: "signed", leaf: { id: eventId, code: "permit_approve" } },
    });
  });

  test("a key from outside is held against the log, and another log's key fits nothing of it", async () => {
    const { app, page } = here.visitor;
    await app.signIn("/integrity");
    await sealed();
    const own = await page.evaluate<string>("JSON.parse(localStorage.getItem('countersign-log-key')).vkey");
    const { privateKey } = generateKeyPairSync("ed25519");
    const { publicKey } = signerOf(privateKey.export({ type: "pkcs8", format: "pem" }) as string);
    const other = formatVkey(verifierKey(own.split("+")[0]!, 1, publicKey, nodeCrypto.sha256));
    const keys = page.getByRole("region", { name: "Public keys" });
    const paste = async (vkey: string) => {
      await keys.getByRole("button", { name: "Use a key from outside" }).click();
      await keys.getByLabel("Public key (vkey)").fill(vkey);
      await keys.getByRole("button", { name: "Trust this key" }).click();
    };
    await paste("not a key");
    await keys.getByText("This is no public key of a log").waitFor();
    await keys.getByRole("button", { name: "Cancel" }).click();
    await paste(other);
    await keys.getByText("The server now names another key").waitFor();
    await page.getByText("The key that this browser trusts did not sign the root.").waitFor();
    const { verdict, unfitting } = await check();
    expect(verdict).toBe("This event does not fit what was signed.");
    expect(unfitting).toEqual([expect.stringContaining("did not sign the root")]);

    await page.goto(`${here.product.url}/integrity`);
    await paste(own);
    await keys.getByText(/^Given by you on/).waitFor();
    expect((await check()).verdict).toBe("This event is intact.");
  });

  test("what a superuser changed is named by the browser, and by the verification that is asked for", async () => {
    const { app, page } = here.visitor;
    await app.signIn("/integrity");
    await sealed();
    const verify = page.getByRole("button", { name: "Verify now" });
    const runs = page.getByRole("region", { name: "Verifications" });
    await verify.click();
    await runs.getByText(/^All \d+ events intact\.$/).waitFor({ timeout: 30_000 });
    await page.getByText("asked for by you").waitFor();
    expect((await check()).verdict).toBe("This event is intact.");

    await tamper("status = 'denied'");
    await page.goto(`${here.product.url}/log?event=${eventId}`);
    const column = await check();
    expect(column.verdict).toBe("This event does not fit what was signed.");
    expect(column.unfitting).toEqual([expect.stringContaining("outcome “denied”, sealed as “success”")]);
    await page.goto(`${here.product.url}/integrity`);
    await verify.click();
    await runs.getByText("1 thing does not fit.").waitFor({ timeout: 30_000 });
    await runs.getByText("A column of the event says something else than its sealed content.").waitFor();
    await runs.getByText(/, status/).waitFor();
    await page.getByRole("heading", { name: /^1 thing does not fit, found/ }).waitFor();
    await runs.getByRole("link", { name: "Show the event" }).click();
    await app.drawer().waitFor();
    await tamper("status = 'success'");

    await tamper("details = replace(details, 'Administrator', 'Somebody')");
    await page.goto(`${here.product.url}/log?event=${eventId}`);
    await app.drawer().getByText("Somebody").first().waitFor();
    expect((await check()).unfitting).toEqual([expect.stringMatching(/^Details/)]);
    await tamper("details = replace(details, 'Somebody', 'Administrator')");

    await tamper("leaf = replace(leaf, 'success', 'denied'), status = 'denied'");
    await page.goto(`${here.product.url}/log?event=${eventId}`);
    expect((await check()).unfitting).toEqual([expect.stringMatching(/^Leaf/), expect.stringMatching(/^Place/)]);
    await tamper("leaf = replace(leaf, 'denied', 'success'), status = 'success'");
    await page.goto(`${here.product.url}/log?event=${eventId}`);
    expect((await check()).verdict).toBe("This event is intact.");
  });
});
