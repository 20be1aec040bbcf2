import { expect, test } from "vitest";
import { originsOf, readEnv } from "./env.ts";

const least = { DATABASE_URL: "postgres://u:secret@127.0.0.1:5432/db" };

test("a database address is enough, the rest has defaults", () => {
  expect(readEnv({ ...least, REDIS_URL: "" })).toMatchObject({
    PORT: 8000,
    HOST: "127.0.0.1",
    DATABASE_URL: least.DATABASE_URL,
    DATA_DIR: ".data",
    TRUSTED_PROXIES: [],
    LOG_LEVEL: "info",
    CALLS_PER_SESSION: 600,
    CALLS_PER_ADDRESS: 1000,
    COUNTERSIGN_ACCEPT_LOSS: false,
  });
});

test.each<[Record<string, string>, string]>([
  [{ DATABASE_URL: "" }, "DATABASE_URL is missing."],
  [
    { DATABASE_URL: "mysql://u:secret@h/db" },
    "DATABASE_URL must be an address that begins with postgres:// or postgresql://.",
  ],
  [{ PORT: "80a" }, "PORT must be a number."],
  [{ PORT: "70000" }, "PORT must be at most 65535."],
  [{ PUBLIC_URL: "https://permits.example.org/app" }, "PUBLIC_URL must be only the scheme, the host and the port"],
  [{ TRUSTED_PROXIES: "10.0.0.0/8,proxy" }, 'TRUSTED_PROXIES is wrong: "proxy" is neither an address nor a network'],
  [{ CRASH_AT: "after_commit:5" }, "CRASH_AT is for tests and refused in production."],
  [{ CRASH_AT: "anywhere", NODE_ENV: "test" }, "CRASH_AT is no crash point."],
  [{ COUNTERSIGN_ACCEPT_LOSS: "perhaps" }, "COUNTERSIGN_ACCEPT_LOSS must be true or false."],
])("%j is refused in one plain sentence", (given, sentence) => {
  const read = () => readEnv({ ...least, ...given });
  expect(read).toThrow(sentence);
  expect(read).not.toThrow("secret");
});

test("a crash point is for fault tests alone", () => {
  expect(readEnv({ ...least, CRASH_AT: "after_commit:5", NODE_ENV: "test" }).CRASH_AT).toBe("after_commit:5");
});

test("every mistake is named at once", () => {
  expect(() => readEnv({ PORT: "x", CALLS_PER_SESSION: "-1" })).toThrow(/PORT .*\nDATABASE_URL .*\nCALLS_PER_SESSION /);
});

test("our own origins are the public one, else this machine's names", () => {
  expect(originsOf({}, 8000)).toEqual(["http://localhost:8000", "http://127.0.0.1:8000"]);
  expect(originsOf({ PUBLIC_URL: "https://permits.example.org/" }, 8000)).toEqual(["https://permits.example.org"]);
});

test("a storage on a server needs its bucket and its keys, and says which are missing", () => {
  const server = { ...least, S3_ENDPOINT: "https://files.example.org" };
  expect(() => readEnv(server)).toThrow(
    "S3_BUCKET is missing.\nS3_ACCESS_KEY_ID is missing.\nS3_SECRET_ACCESS_KEY is missing.",
  );
  expect(() => readEnv({ ...least, S3_BUCKET: "permit-documents" })).toThrow(/^S3_ENDPOINT is missing/);
  const whole = { ...server, S3_BUCKET: "permit-documents", S3_ACCESS_KEY_ID: "id", S3_SECRET_ACCESS_KEY: "secret" };
  expect(readEnv(whole)).toMatchObject({ S3_REGION: "us-east-1", S3_PATH_STYLE: true, S3_BUCKET: "permit-documents" });
  expect(readEnv({ ...whole, S3_PATH_STYLE: "false" }).S3_PATH_STYLE).toBe(false);
  for (const bucket of ["a", "Upper", "../x", "a/b", "x".repeat(64)]) {
    expect(() => readEnv({ ...whole, S3_BUCKET: bucket })).toThrow(/^S3_BUCKET must be a name/);
  }
  expect(() => readEnv({ ...whole, S3_ENDPOINT: "file:///etc" })).toThrow(/^S3_ENDPOINT must be an address/);
});
