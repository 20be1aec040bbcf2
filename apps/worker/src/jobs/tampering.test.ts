import { generateKeyPairSync } from "node:crypto";
import { readCheckpoint, signCheckpoint } from "@countersign/audit/ledger/checkpoint";
import { cosign } from "@countersign/audit/ledger/cosignature";
import type { Finding } from "@countersign/audit/ledger/findings";
import { formatSignatureLine } from "@countersign/audit/ledger/note";
import { parseVkey, signatureType, verifierKey } from "@countersign/audit/ledger/vkey";
import { listLedgerKeys, logName } from "@countersign/db/sealing";
import type { Transaction } from "@countersign/db/transaction";
import { inTransaction } from "@countersign/db/transaction";
import { type VerifyOptions, verifyLog } from "@countersign/db/verification";
import { nodeCrypto, signerOf } from "@countersign/service/crypto";
import { readKeyFile } from "@countersign/service/key-file";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSignedLog, type SignedLog } from "../testing/signed-log.ts";

let log: SignedLog;
let name: string;
let trust: VerifyOptions["trust"];
const rounds = 10;
const perRound = 300;
const size = rounds * perRound;
const dumpedTables = [
  "event_log",
  "ledger_batch",
  "ledger_tile",
  "ledger_checkpoint",
  "ledger_cosignature",
  "ledger_pending",
];
beforeAll(async () => {
  log = await openSignedLog();
  for (let round = 0; round < rounds; round++) {
    await log.keep(perRound);
    await log.store();
    await log.seal();
    if (round !== 6) continue;
    await log.database.admin.sql`create schema dump`;
    for (const table of dumpedTables) {
      await log.database.admin.sql.unsafe(`create table dump.${table} as table public.${table}`);
    }
  }
  name = await logName(log.database.admin);
  const keys = (await listLedgerKeys(log.database.admin)).flatMap(
    ({ vkey }) => parseVkey(vkey, nodeCrypto.sha256) ?? [],
  );
  trust = { origin: name, keys };
});
afterAll(() => log.end());

class Undo extends Error {}

/** What a verification finds after a superuser's edit, which is then undone. */
const found = async (edit: (tx: Transaction) => Promise<unknown>, more: Partial<VerifyOptions> = {}) => {
  const findings: Finding[] = [];
  let verdict: Awaited<ReturnType<typeof verifyLog>> | undefined;
  await inTransaction(log.database.admin, async (tx) => {
    await tx.sql`set local session_replication_role = replica`;
    await edit(tx);
    verdict = await verifyLog(tx, {
      epoch: 1,
      crypto: nodeCrypto,
      trust,
      readAnchors: async () => [await log.anchor()],
      unsealedFrom: "00000000-0000-0000-0000-000000000000",
      onFinding: (finding) => findings.push(finding),
      sleep: async () => undefined,
      ...more,
    });
    throw new Undo();
  }).catch((error: unknown) => {
    if (!(error instanceof Undo)) throw error;
  });
  expect(verdict?.ok).toBe(findings.length === 0);
  return { verdict, findings: findings.map(({ code, index, part }) => [code, index, part].join(" ")) };
};
const idAt = async (index: number): Promise<string> =>
  String(
    (
      await log.database.admin.sql`select ids[${index}::int - first_index + 1] as id from ledger_batch
        where first_index <= ${index} order by first_index desc limit 1`
    )[0]?.id,
  );
const setAt = (index: number, assignment: string) => async (tx: Transaction) => {
  const { count } = await tx.sql.unsafe(`update event_log set ${assignment} where id = '${await idAt(index)}'`);
  expect(count).toBe(1);
};

test("nothing is found in an untouched log, and every root is met", async () => {
  const { verdict, findings } = await found(async () => undefined);
  expect(findings).toEqual([]);
  expect(verdict).toMatchObject({ ok: true, trust: "signed", size, rootsMet: rounds + 1, verified: { size } });
  expect(verdict?.counts.OK).toBe(size);
});

describe("a superuser changes a row", () => {
  test.each([
    ["policy = 'decision'", "policy"],
    ["code = 'permit_read'", "code"],
    ["category = 'access'", "category"],
    ["severity = 'info'", "severity"],
    ["status = 'denied'", "status"],
    ["occurred_at = occurred_at + interval '1 microsecond'", "occurredAt"],
    ["received_at = received_at - interval '1 day'", "receivedAt"],
    ["actor_type = 'platform'", "actorType"],
    ["actor_id = null", "actorId"],
    ["object_type = 'user'", "objectType"],
    ["object_id = '43'", "objectId"],
    ["target_type = null", "targetType"],
    ["target_id = '9'", "targetId"],
    ["request_method = 'GET'", "requestMethod"],
    ["endpoint = endpoint || ' '", "endpoint"],
    ["request_id = ''", "requestId"],
    ["source = 'worker'", "source"],
    ["approval_id = null", "approvalId"],
  ])("column only, %s: named by index and column", async (assignment, part) => {
    expect((await found(setAt(1234, assignment))).findings).toEqual([`COLUMN_MISMATCH 1234 ${part}`]);
  });

  test.each([
    ["the leaf only", "leaf = replace(leaf, '\"7\"', '\"8\"')", "ALTERED 2999 leaf"],
    ["leaf hash only", "leaf_hash = sha256(leaf_hash)", "ALTERED 2999 leaf_hash"],
    [
      "leaf and leaf hash",
      "leaf = replace(leaf, '\"7\"', '\"8\"'), leaf_hash = sha256('\\x00' || convert_to(replace(leaf, '\"7\"', '\"8\"'), 'UTF8'))",
      "ALTERED 2999 leaf",
    ],
    ["the details", "details = replace(details, 'counter 3', 'counter 4')", "ALTERED 2999 details"],
    ["the salt", "salt = sha256(salt)", "ALTERED 2999 details"],
    ["details emptied", "details = null, salt = null", "DETAILS_MISSING 2999 details"],
    ["the salt gone", "salt = null", "DETAILS_MISSING 2999 salt"],
  ])("%s", async (_what, assignment, finding) => {
    expect((await found(setAt(2999, assignment))).findings).toEqual([finding]);
  });

  test("two rows swapped: both are named", async () => {
    const swap = async (tx: Transaction) => {
      const [left, right] = [await idAt(10), await idAt(2000)];
      await tx.sql`
        update event_log e set leaf = o.leaf, leaf_hash = o.leaf_hash, details = o.details, salt = o.salt, object_id = o.object_id,
          request_id = o.request_id, endpoint = o.endpoint, received_at = o.received_at, occurred_at = o.occurred_at
        from event_log o where (e.id = ${left} and o.id = ${right}) or (e.id = ${right} and o.id = ${left})`;
    };
    expect((await found(swap)).findings).toEqual(["ALTERED 10 leaf", "ALTERED 2000 leaf"]);
  });

  test("one deleted, one inserted", async () => {
    const remove = async (tx: Transaction) => tx.sql`delete from event_log where id = ${await idAt(777)}`;
    expect((await found(remove)).findings).toEqual(["MISSING 777 row"]);
    const insert = async (tx: Transaction) => {
      const id = await idAt(777);
      await tx.sql.unsafe(`create temp table forged on commit drop as select * from event_log where id = '${id}'`);
      await tx.sql.unsafe("update forged set id = overlay(id::text placing 'ffff' from 20)::uuid");
      await tx.sql.unsafe("insert into event_log select * from forged");
    };
    expect((await found(insert)).findings).toEqual(["EXTRA  row"]);
  });

  test("the same event a second time in another partition", async () => {
    const twice = async (tx: Transaction) => {
      await tx.sql.unsafe(
        `create temp table forged on commit drop as select * from event_log where id = '${await idAt(5)}'`,
      );
      await tx.sql.unsafe("update forged set policy = 'decision', leaf = '{}', leaf_hash = sha256(leaf_hash)");
      await tx.sql.unsafe("insert into event_log select * from forged");
    };
    expect((await found(twice)).findings).toEqual(["EXTRA 5 row"]);
  });

  test("what a manifest or a hold explains is no finding", async () => {
    const known = (what: object) => ({
      readKnown: async () => () => ({ expired: false, erased: false, held: false, ...what }),
    });
    const erased = await found(setAt(9, "details = null, salt = null"), known({ erased: true }));
    expect([erased.findings, erased.verdict?.counts.OK_ERASED]).toEqual([[], 1]);
    const remove = async (tx: Transaction) => tx.sql`delete from event_log where id = ${await idAt(9)}`;
    const expired = await found(remove, known({ expired: true }));
    expect([expired.findings, expired.verdict?.counts.OK_EXPIRED]).toEqual([[], 1]);
    expect((await found(setAt(9, "policy = 'held'"), known({ held: true }))).findings).toEqual([]);
  });
});

describe("a superuser changes what was sealed", () => {
  /** Exchanges two leaves of the batch that begins at an index. */
  const exchange =
    (first: number, left: number, right: number, columns: ("ids" | "hashes")[]) => async (tx: Transaction) => {
      const [batch] = await tx.sql<{ ids: string; hashes: Uint8Array }[]>`
      select array_to_string(ids, ',') as ids, hashes from ledger_batch where first_index = ${first}`;
      const ids = String(batch?.ids).split(",");
      const hashes = Buffer.from(batch?.hashes ?? []);
      const [a, b] = [left - first, right - first];
      if (columns.includes("ids")) [ids[a], ids[b]] = [String(ids[b]), String(ids[a])];
      if (columns.includes("hashes")) {
        const kept = Buffer.from(hashes.subarray(a * 32, a * 32 + 32));
        hashes.copyWithin(a * 32, b * 32, b * 32 + 32);
        kept.copy(hashes, b * 32);
      }
      await tx.sql.unsafe(
        `update ledger_batch set ids = '{${ids.join(",")}}', hashes = '\\x${hashes.toString("hex")}' where first_index = ${first}`,
      );
    };

  test("two leaves renumbered: named where a tile stands beside them, else as the range under the next root", async () => {
    expect((await found(exchange(300, 400, 402, ["ids", "hashes"]))).findings).toEqual([
      "ALTERED 400 position",
      "ALTERED 402 position",
    ]);
    expect((await found(exchange(300, 400, 402, ["ids"]))).findings).toEqual(["ALTERED 400 leaf", "ALTERED 402 leaf"]);
    expect((await found(exchange(2700, 2900, 2902, ["ids", "hashes"]))).findings).toEqual([
      "ALTERED 2700 leaves 2700 to 2999",
    ]);
  });

  test("two leaves renumbered in positions and tiles alike: the roots after them are not met", async () => {
    const both = async (tx: Transaction) => {
      await exchange(300, 400, 402, ["ids", "hashes"])(tx);
      await tx.sql`
        update ledger_tile t set hashes = (select substring(hashes from 1 for 144 * 32) || substring(hashes from 146 * 32 + 1 for 32)
          || substring(hashes from 145 * 32 + 1 for 32) || substring(hashes from 144 * 32 + 1 for 32) || substring(hashes from 147 * 32 + 1)
          from ledger_tile where level = 0 and index = 1) where level = 0 and index = 1`;
    };
    expect((await found(both)).findings).toEqual(["ALTERED 300 leaves 300 to 599"]);
  });

  test.each([
    [
      "a tile's hash",
      "update ledger_tile set hashes = set_byte(hashes, 70, 0) where index = 3",
      ["ALTERED 770 position"],
    ],
    ["a tile gone", "delete from ledger_tile where index = 3", ["ALTERED 768 tile 0/3"]],
    [
      "a tile cut",
      "update ledger_tile set hashes = substring(hashes from 1 for 32) where index = 3",
      ["ALTERED 768 tile 0/3"],
    ],
    ["a batch's span of ids", "update ledger_batch set min_id = max_id where first_index = 600", ["ALTERED 600 batch"]],
    [
      "a checkpoint's root beside its note",
      "update ledger_checkpoint set root = sha256(root) where size = 900",
      ["ALTERED 900 checkpoint"],
    ],
    [
      "a checkpoint's note",
      "update ledger_checkpoint set note = replace(note, e'\\n900\\n', e'\\n901\\n') where size = 900",
      ["ALTERED 900 checkpoint", "BAD_SIGNATURE 901 checkpoint"],
    ],
  ])("%s", async (_what, statement, findings) => {
    expect((await found((tx) => tx.sql.unsafe(statement))).findings).toEqual(findings);
  });

  test("a batch deleted: each of its positions is missing, its rows are extra", async () => {
    const { findings } = await found((tx) => tx.sql`delete from ledger_batch where first_index = 600`);
    const missing = findings.filter((finding) => /^MISSING \d+ position$/.test(finding));
    expect(missing).toEqual(Array.from({ length: perRound }, (_, n) => `MISSING ${600 + n} position`));
    expect(findings.filter((finding) => finding === "EXTRA  row")).toHaveLength(perRound);
  });

  test("a hole of millions of positions is told once", async () => {
    const { findings } = await found(
      (tx) => tx.sql`update ledger_batch set first_index = 90000000 where first_index = 2700`,
    );
    expect(findings).toContain("MISSING 2700 positions 2700 to 89999999");
    expect(findings.length).toBeLessThan(10);
  });

  test("rows that wait to be sealed are no finding until they have waited a minute in which nothing was sealed", async () => {
    const pending = (age: string, sealed: string) => async (tx: Transaction) => {
      await tx.sql.unsafe(
        `insert into ledger_pending select min_id, 0, now() - interval '${age}', ids, hashes from ledger_batch where first_index = 2700`,
      );
      await tx.sql.unsafe(
        "delete from ledger_batch where first_index = 2700; delete from ledger_checkpoint where size = 3000",
      );
      await tx.sql.unsafe(`update ledger_batch set sealed_at = now() - interval '${sealed}'`);
    };
    const readAnchors = async () => [];
    expect((await found(pending("1 hour", "5 s"), { readAnchors })).findings).toEqual([]);
    expect((await found(pending("30 s", "30 s"), { readAnchors })).findings).toEqual([]);
    expect((await found(pending("90 s", "90 s"), { readAnchors })).findings).toEqual(
      Array(perRound).fill("UNSEALED  row"),
    );
  });
});

describe("a superuser changes what was signed", () => {
  test("the newest checkpoint deleted, or with its leaves", async () => {
    const newest = (tx: Transaction) => tx.sql`delete from ledger_checkpoint where size = ${size}`;
    expect((await found(newest)).findings).toEqual([`ROLLED_BACK ${size} anchor`]);
    const leaves = async (tx: Transaction) => {
      await tx.sql`delete from event_log where id = any(select unnest(ids) from ledger_batch where first_index = 2700)`;
      await tx.sql`delete from ledger_batch where first_index = 2700`;
    };
    expect((await found(leaves)).findings).toEqual([`ROLLED_BACK ${size} anchor`, `ROLLED_BACK ${size} checkpoint`]);
  });

  test("a checkpoint that is published a moment after its anchor is no finding, nor are rows that are sealed a moment later", async () => {
    let publish = async (): Promise<unknown> => undefined;
    const late = async (tx: Transaction) => {
      await tx.sql`create temp table late on commit drop as select * from ledger_checkpoint where size = ${size}`;
      await tx.sql`delete from ledger_checkpoint where size = ${size}`;
      publish = () => tx.sql`insert into ledger_checkpoint select * from late on conflict do nothing`;
    };
    expect((await found(late, { sleep: () => publish() })).findings).toEqual([]);
    const unsealed = async (tx: Transaction) => {
      await tx.sql`create temp table late on commit drop as select * from ledger_batch where first_index = 2700`;
      await tx.sql`delete from ledger_batch where first_index = 2700`;
      await tx.sql`delete from ledger_checkpoint where size = 3000`;
      await tx.sql`update ledger_batch set sealed_at = now() - interval '1 hour'`;
      await tx.sql`insert into ledger_pending select min_id, 0, now() - interval '1 hour', ids, hashes from late`;
      publish = async () => {
        await tx.sql`insert into ledger_batch select * from late on conflict do nothing`;
        await tx.sql`delete from ledger_pending`;
      };
    };
    const { findings } = await found(unsealed, { readAnchors: async () => [], sleep: () => publish() });
    expect(findings).toEqual([]);
  });

  test("an old dump restored", async () => {
    const restore = async (tx: Transaction) => {
      for (const table of dumpedTables) {
        await tx.sql.unsafe(`delete from ${table}; insert into ${table} select * from dump.${table}`);
      }
    };
    const { findings, verdict } = await found(restore);
    expect(findings).toEqual([`ROLLED_BACK ${size} anchor`]);
    expect(verdict).toMatchObject({ size: 2100, counts: { OK: 2100 } });
  });

  const resign = async (
    tx: Transaction,
    at: number,
    root: Uint8Array | null,
    key: Parameters<typeof signCheckpoint>[1],
  ) => {
    const [row] = await tx.sql`select root from ledger_checkpoint where size = ${at}`;
    const used = root ?? (row?.root as Uint8Array);
    const note = signCheckpoint({ origin: name, size: at, root: used }, key);
    await tx.sql`update ledger_checkpoint set note = ${note}, root = ${used} where size = ${at}`;
  };
  const ownKey = async () => {
    const signer = await readKeyFile(log.keyFile, name);
    if (signer === null) throw new Error("no key");
    return signer;
  };

  test("re-signed with another key, and with a broken signature", async () => {
    const pem = String(generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }));
    const { publicKey, sign } = signerOf(pem);
    const other = { key: verifierKey(name, signatureType.note, publicKey, nodeCrypto.sha256), sign };
    expect((await found((tx) => resign(tx, 900, null, [other]))).findings).toEqual(["KEY_UNKNOWN 900 checkpoint"]);
    const broken = { ...(await ownKey()), sign: other.sign };
    expect((await found((tx) => resign(tx, 900, null, [broken]))).findings).toEqual(["BAD_SIGNATURE 900 checkpoint"]);
  });

  test("a witness's cosignature is met with the checkpoint, and a changed one is named", async () => {
    const pem = String(generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }));
    const { publicKey, sign } = signerOf(pem);
    const key = verifierKey("witness.example/w1", signatureType.cosignature, publicKey, nodeCrypto.sha256);
    const witnessed = { trust: trust && { ...trust, witnesses: [key] } };
    const cosigned = (change: string) => async (tx: Transaction) => {
      const [row] = await tx.sql`select note from ledger_checkpoint where size = 1500`;
      const text = `${String(row?.note).split("\n\n")[0]}\n`;
      const line = formatSignatureLine(cosign(text + change, { key, sign }, 1_800_000_000));
      await tx.sql`insert into ledger_cosignature values (1, 1500, ${key.name}, ${line}, now())`;
    };
    const { findings, verdict } = await found(cosigned(""), witnessed);
    expect([findings, verdict?.cosigned]).toEqual([[], { size: 1500, timeS: 1_800_000_000 }]);
    expect((await found(cosigned("x"), witnessed)).findings).toEqual(["BAD_SIGNATURE 1500 checkpoint"]);
    expect((await found(cosigned("x"))).findings).toEqual([]);
  });

  test("another root signed with the log's own key is a fork", async () => {
    const root = nodeCrypto.sha256(new Uint8Array(1));
    const forge = async (tx: Transaction) => resign(tx, 900, root, [await ownKey()]);
    expect((await found(forge)).findings).toEqual(["FORKED 900 checkpoint"]);
  });

  test("a note that was kept outside and is of another history is a fork", async () => {
    const root = nodeCrypto.sha256(new Uint8Array(1));
    const note = signCheckpoint({ origin: name, size: 1000, root }, [await ownKey()]);
    const { findings } = await found(async () => undefined, { readAnchors: async () => [note, await log.anchor()] });
    expect(findings).toEqual(["FORKED 1000 anchor"]);
    expect(readCheckpoint(note).ok).toBe(true);
  });
});
