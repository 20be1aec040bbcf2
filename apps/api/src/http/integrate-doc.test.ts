import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Feature, features } from "@countersign/audit/features";
import { expect, test } from "vitest";
import { createTestApi } from "../testing.ts";
import { issueKey, listen } from "../testing-server.ts";
import { restProcedures } from "./rest.ts";

const page = await readFile(new URL("../../../../docs/integrate.md", import.meta.url), "utf8");
const readme = await readFile(new URL("../../../../README.md", import.meta.url), "utf8");
const shellBlocks = (text: string): string[] => [...text.matchAll(/```sh\n(.*?)```/gs)].map(([, block = ""]) => block);

const hasCurl = (): boolean => {
  try {
    return execFileSync("curl", ["--version"]).length > 0;
  } catch {
    return false;
  }
};

/** Curl as on the page, but a refusal ends the script. */
const strict = `set -euo pipefail
curl() { command curl -sS --fail-with-body -w '\\n' "$@"; }`;

test.skipIf(!hasCurl())("every command for integrators does what the page and the README say", async () => {
  const api = await createTestApi();
  const server = await listen(api.services);
  const folder = await mkdtemp(join(tmpdir(), "countersign-page-"));
  try {
    const password = "a long enough password";
    const admin = await api.person(Object.keys(features) as Feature[], "admin");
    const passwordHash = await api.services.accounts.passwords.hash(password);
    await api.database.admin.sql`update users set password_hash = ${passwordHash} where id = ${admin.id}`;
    const key = await issueKey(api, {
      name: "Portal",
      kind: "ingest",
      codes: ["permit_export", "permit_assign"],
      by: admin.id,
    });
    const withKey = shellBlocks(readme).filter((block) => block.includes("Bearer $KEY"));
    const whole = [...shellBlocks(page), ...withKey].join("\n");
    // What follows the log does not end by itself.
    const [following = "", fetching = ""] = whole.match(/^curl -N.*$/gm) ?? [];
    const commands = whole.replace(following, "").replace(fetching, "");
    const script = commands
      .replaceAll("http://localhost:8000", server.url)
      .replace("KEY=cs_…", `KEY=${key.text}`)
      .replace(/UNTIL=.*/, `UNTIL=${new Date(api.clock.now() + 86_400_000).toISOString()}`);
    const env = { ...process.env, PASSWORD: password };
    const { stdout } = await promisify(execFile)("bash", ["-c", `${strict}\n${script}`], { cwd: folder, env });
    const answers = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(answers).toHaveLength(commands.match(/^curl /gm)?.length ?? 0);
    expect(answers[1]).toMatchObject({ outcome: "done", secret: expect.stringMatching(/^cs_/) });
    expect(answers.filter(({ outcome }) => outcome === "kept")).toHaveLength(5);
    expect(answers.flatMap(({ results }) => (results as { outcome: string }[]) ?? [])).toMatchObject([
      { outcome: "kept" },
      { outcome: "kept" },
      { outcome: "kept" },
    ]);
    await api.sealed();
    const { secret: streamKey } = answers.find(({ key }) => (key as { kind?: string })?.kind === "stream") ?? {};
    const said = async (command: string): Promise<string> => {
      const run = `OFFICE=${server.url}\nSTREAM_KEY=${streamKey}\ntimeout 3 ${command} || true`;
      return (await promisify(execFile)("bash", ["-c", run], { cwd: folder, env })).stdout;
    };
    expect(await said(following)).toMatch(/^event: connected/m);
    expect(await said(fetching)).toMatch(/^\{.*"cursor":"1-\d+"/m);
    const stated = (await api.stored()).filter(({ source }) => source === `key:${key.id}`);
    expect(stated).toHaveLength(8);
    expect(stated.find(({ notes }) => notes === "on leave")).toMatchObject({ object: { type: "permit", id: "41" } });
  } finally {
    await server.close();
    await api.close();
    await rm(folder, { recursive: true });
  }
});

test("every address on the page is there", () => {
  const known = new Set(restProcedures().map(({ route }) => route.path.replace(/\/$/, "")));
  const named = [...page.matchAll(/`(?:GET|POST) (\/api\/[^`?]*)/g)].map(([, path = ""]) => path);
  const raw = ["/api/permits/{permitId}/documents", "/api/documents/{documentId}/content"];
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((path) => !known.has(path as never) && !raw.includes(path))).toEqual([]);
});
