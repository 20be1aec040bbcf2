import { describe, expect, test } from "vitest";
import type { Json } from "./json.ts";
import { redact } from "./redact.ts";
import { redactText, redactToken } from "./secret-text.ts";

const base62 = "AbCdEfGhIjKlMnOpQrStUvWxYz012345";
const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";
const pem = `-----BEGIN RSA PRIVATE KEY-----\nMIIEow${base62}\n-----END RSA PRIVATE KEY-----`;

/** Key, and a value that nothing but its key betrays. */
const secretKeys =
  `password Password PASSWORD PaSsWoRd pass_word pass-word p.a.s.s.w.o.r.d passwords userPassword user.password
  new_password oldPassword currentpassword confirm-password password_confirmation passwordHash password_hint hashed_password
  password2 ｐａｓｓｗｏｒｄ pass\u200bword passwd user_passwd pwd user-pwd DB_PWD pass smtpPass db_pass passphrase key_passphrase
  Passwort kennwort secret Secret SECRETS client_secret clientSecret CLIENT-SECRET webhook_secret secretKey shared.secret
  secret_value secretAccessKey aws_secret_access_key access_key accessKey encryption_key token Token tokens TOKEN access_token
  accessToken ACCESS_TOKEN accesstoken refresh_token refreshToken id_token idToken session_token csrf-token X-CSRF-Token
  password_reset_token token_hash authToken bot.token api_key apiKey API_KEY api-key APIKey apikey x-api-key X-Api-Key
  xApiKey api_keys apiKeySecret privateKey private_key PRIVATE-KEY ssh_private_key authorization Authorization
  AUTHORIZATION proxy-authorization Proxy-Authorization credential credentials userCredentials cookie Cookie COOKIES set-cookie
  Set-Cookie setCookie session_cookie cookie_header __Host-countersign_sid countersign_sid pin PIN Pin user_pin userPin
  new-pin pin_code pinCode pin_number pincode passcode otp OTP otp_code totp totpSecret hotp one_time_code mfaCode 2fa_code
  verification_code recovery_codes backup-codes iban IBAN Iban user_iban bank.iban ibanNumber payeeIban card Card cards
  card_number cardNumber CARD-NUMBER card_no cardnum creditCard credit_card credit-card-number debitcard bank_card
  paymentCardNumber card.data card_code cvv CVV cvv2 cvc card_cvc jwt JWT smtp.password login-token_value auth.secret DbPassword`
    .split(/\s+/)
    .map((key) => [key, "x1-plain-value"] as const);

/** A value that its form betrays, whatever its key. */
const secretTexts = [
  jwt,
  `see ${jwt} there`,
  "eyJhbGciOiJkaXIifQ..SVT7VUQ8Hbs.UDZ8.AbC",
  pem,
  pem.replaceAll("RSA ", ""),
  pem.replaceAll("RSA", "OPENSSH"),
  `key:\n${pem}\nend`,
  `-----BEGIN EC PRIVATE KEY-----\n${base62}`,
  "-----BEGIN PGP PRIVATE KEY BLOCK-----\nxyz\n-----END PGP PRIVATE KEY BLOCK-----",
  "AKIAIOSFODNN7EXAMPLE",
  "id ASIAIOSFODNN7EXAMPLE.",
  `ghp_${base62}abcd`,
  `gho_${base62}abcd`,
  `(ghs_${base62}abcd)`,
  `github_pat_11ABCDEFG0${base62}_${base62}`,
  `cs_7_${base62}_a1b2c3`,
  `used cs_live01_${base62}_9Zx4 today`,
  `Bearer ${base62}`,
  `bearer ab12cd34`,
  `Authorization: Basic dXNlcjpwYXNzd29yZA==`,
  `authorization=Bearer abcdefghijk`,
  `{"Authorization":"Token abcdef"}`,
  "postgres://app:hunter2@db:5432/x",
  "failed: redis://:hunter2@cache:6379",
  "password=hunter2",
  "?user=ana&token=abc123&x=1",
  "API_KEY = 'abc 123'",
  'client_secret="a b c"',
  "countersign_sid=abcdef; path=/",
  "4111111111111111",
  "4111 1111 1111 1111",
  "4111-1111-1111-1111",
  "card 5555555555554444, thanks",
  "year 2026 4111 1111 1111 1111",
  "378282246310005",
  "3782 822463 10005",
  "30569309025904",
  "6011111111111117",
  "3530111333300000",
  "2223003122003222",
  "4222222222222",
  "6200000000000005",
].map((text) => ["note", text] as const);
const secretNumbers = [4111111111111111, 5555555555554444, 378282246310005].map((value) => ["amount", value] as const);
const secrets: readonly (readonly [string, Json])[] = [...secretKeys, ...secretTexts, ...secretNumbers];

const nestings: readonly ((key: string, value: Json) => Json)[] = [
  (key, value) => ({ [key]: value }),
  (key, value) => ({ changes: { a: { old: 1, new: 2 } }, metadata: { [key]: value } }),
  (key, value) => ({ changes: { [key]: { old: value, new: "other" } } }),
  (key, value) => ({ changes: { profile: { old: null, new: { [key]: value } } } }),
  (key, value) => ({ list: [1, { [key]: value }] }),
  (key, value) => ({ [key]: [value, value] }),
  (key, value) => ({ [key]: { deep: { deeper: [value] } } }),
  (key, value) => [[[{ [key]: value }]]],
  (key, value) => ({ headers: [{ name: key, value }] }),
  (key, value) => ({ a: { b: { c: { d: { e: { f: { g: [{ h: { [key]: value } }] } } } } } } }),
];

/** Nothing of the secret may be left: the whole plain value, or the telling part of a text. */
const remains = (value: Json, text: string): boolean => {
  const parts =
    typeof value === "string" ? value.match(/[A-Za-z0-9+/=_-]{16,}|hunter2|abc123|abc 123|a b c|ab12cd34/g) : null;
  return [...(parts ?? []), String(value)].some((part) => text.includes(JSON.stringify(part).slice(1, -1)));
};

test("there are at least 200 secrets and ten nestings", () => {
  expect(secrets.length).toBeGreaterThanOrEqual(200);
  expect(nestings.length).toBe(10);
});
describe.each(nestings.map((nest, index) => [index + 1, nest] as const))("in nesting %i", (_, nest) => {
  test.each(secrets)("the secret under %j (%j) is gone and counted", (key, value) => {
    const { value: clean, redacted } = redact(nest(key, value));
    expect(redacted).toBeGreaterThan(0);
    expect(JSON.stringify(clean)).toMatch(/\[redacted:[a-z-]+\]/);
    expect(remains(value, JSON.stringify(clean))).toBe(false);
  });
});

const harmlessKeys =
  `pinned pinning shipping opinion spin pineapple cookieless cookie_policy cookies_accepted cookieConsent secretary
  secretariat tokenizer tokenize tokenized token_id tokenType token_count token_expires_at password_min signin.password_min
  passwordless password_changed_at passwordExpiresAt password_policy password_length must_change_password_at secret_name
  api_key_id apiKeyName api_key_count credential_type passport_number passport passenger bypass compass keyboard monkey
  key keys public_key publicKey keyId authorization_number authorizationDate authorized author authority discard cardinality
  cardiology postcard scorecard card_type cardHolder boarding_pass option otpional urban ibanez caribbean hotplate
  permit_number number holder_name holder_contact notes status code severity sid session_id pan description bearer`.split(
    /\s+/,
  );
test.each(harmlessKeys)("the key %j stays", (key) => {
  const value = { [key]: "plain", list: [{ [key]: { old: "a", new: 4 } }] };
  const result = redact(value);
  expect(result).toEqual({ value, redacted: 0 });
  expect(result.value).toBe(value);
});
const harmlessValues: readonly Json[] = [
  "P-2026-000041",
  "0192f5b2-7c1e-7b3a-9d7e-1234567890ab",
  "41111111-1111-4111-8111-111111111111",
  "2026-11-23T03:17:35.900Z",
  "2026-11-23 2026-11-24 2026-11-25",
  "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
  "1795403856123",
  1795403856123,
  "1795403856123000000",
  "4111111111111112",
  "+4111111111111111",
  "0.4111111111111111",
  "a4111111111111111b",
  "1234567890123452",
  "the bearer of this permit",
  "bearer certificates are refused",
  "Authorization: granted by the city",
  "the token was wrong",
  "password: at least 15 characters",
  "Password changed",
  "eyJ is how it begins",
  "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----",
  "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
  "https://example.org/a:b@c",
  "https://example.org:8443/x?y=1",
  "ana@example.org",
  "cs_permit",
  "192.0.2.1",
  "2001:db8::1",
  "",
  0,
  41,
  true,
  null,
];
test.each(harmlessValues)("the value %j stays", (value) => {
  expect(redact({ note: value, list: [[value]] })).toEqual({ value: { note: value, list: [[value]] }, redacted: 0 });
});

test("a changed secret shows as changed, without either value", () => {
  expect(redact({ changes: { password: { old: "a", new: "b" }, pin: { old: null, new: 1234 } } })).toEqual({
    value: {
      changes: {
        password: { old: "[redacted:password]", new: "[redacted:password]" },
        pin: { old: null, new: "[redacted:pin]" },
      },
    },
    redacted: 3,
  });
});
test("yes and no under a secret's name say nothing and stay", () => {
  const value = { password: true, token: null, pin: false };
  expect(redact(value)).toEqual({ value, redacted: 0 });
});
test("a secret that is itself a key is replaced too", () => {
  expect(redact({ [jwt]: 1 })).toEqual({ value: { "[redacted:jwt]": 1 }, redacted: 1 });
});
test("the text around a secret stays", () => {
  expect(redactText("to postgres://app:hunter2@db/x, card 4111 1111 1111 1111.")).toEqual({
    text: "to postgres://app:[redacted:url-credentials]@db/x, card [redacted:card].",
    redacted: 2,
  });
});
test("redacting again changes and counts nothing", () => {
  for (const [key, value] of secrets) {
    const once = redact({ [key]: value }).value;
    expect(redact(once)).toEqual({ value: once, redacted: 0 });
  }
});
test("an id loses tokens alone: sixteen digits may be a real id", () => {
  expect(redactToken("4111111111111111")).toEqual({ text: "4111111111111111", redacted: 0 });
  expect(redactToken(`/x/${jwt}`)).toEqual({ text: "/x/[redacted:jwt]", redacted: 1 });
});
test.each([
  "eyJ-",
  "a.",
  "A ",
  "password",
  "bearer ",
  "authorization: ",
  "://:",
  "1 ",
  "1111-",
  "-----BEGIN A ",
  "cs_a",
  "ghp_",
  'token="',
])("32 KiB of %j take no more than 100 ms of processor time", (unit) => {
  const text = unit.repeat(32_768 / unit.length);
  const start = process.cpuUsage();
  redact({ [text.slice(0, 256)]: text });
  expect(process.cpuUsage(start).user).toBeLessThan(100_000);
});
