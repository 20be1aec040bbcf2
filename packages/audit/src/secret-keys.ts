/** A name that holds a secret wherever it stands in a key: `db.passwordHash`, `ACCESS_TOKEN`, `x-api-key`. */
const anywhere = [
  ["password", "password"],
  ["passwd", "password"],
  ["passphrase", "password"],
  ["passwort", "password"],
  ["kennwort", "password"],
  ["apikey", "api-key"],
  ["privatekey", "private-key"],
  ["accesskey", "secret"],
  ["encryptionkey", "secret"],
  ["secret", "secret"],
  ["credential", "credential"],
  ["authorization", "authorization"],
  ["cookie", "cookie"],
  ["token", "token"],
] as const;

/** A name that holds a secret only as a word of its own, since many innocent words contain it. */
const asWord = {
  pwd: "password",
  pin: "pin",
  pincode: "pin",
  passcode: "pin",
  otp: "otp",
  totp: "otp",
  hotp: "otp",
  iban: "iban",
  cvv: "card",
  cvv2: "card",
  cvc: "card",
  jwt: "token",
} as const;

const whole: readonly (readonly [RegExp, string])[] = [
  [/^(?:(?:db|user|smtp|mail|auth)?pass|userpwd|dbpwd)$/, "password"],
  [/^(?:user|new|old|current|sim|sms|login|card|account)pin(?:code|number|hash)?$/, "pin"],
  [/^(?:pin|otp)(?:number|value|hash|code)$/, "pin"],
  [/(?:recovery|backup|verification|onetime|mfa|2fa)codes?$/, "otp"],
  [/^(?:user|account|bank|payee|creditor|debtor|recipient)?iban(?:number|no|value)?$/, "iban"],
  [/^(?:my|the|old|new|credit|debit|bank|payment)?cards?(?:number|num|no|nr|pan|code|data|details)?$/, "card"],
  [/(?:credit|debit|bank|payment)cards?(?:number|num|no|nr|pan|code|data|details)?$/, "card"],
  [/^(?:hostcountersign|countersign)sid$/, "cookie"],
];

/** What may follow such a name and makes it a fact about the secret, or another word altogether (secretary, tokenizer). */
const harmlessEnd =
  /^(?:less|ary|arial|ariat|ion|iz|is[em]|s?(?:min|max|length|policy|polic|changed|change|chang|set|reset|expir|valid|creat|updat|issued|rotat|revok|last|count|number|attempt|failure|fail|required|require|enabled|enable|disabled|strength|score|age|days|hours|minutes|seconds|ttl|type|kind|name|id|at$|on$|by$|date|status|state|scope|url|uri|endpoint|provider|algorithm|format|consent|banner|notice|accepted|limit|rate|usage|used|budget))/;

const words = (key: string): string[] =>
  key
    .normalize("NFKC")
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, "$1 $2")
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");

const findRule = (key: string): string | null => {
  const parts = words(key);
  const joined = parts.join("");
  for (const [name, rule] of anywhere) {
    const index = joined.lastIndexOf(name);
    if (index >= 0 && !harmlessEnd.test(joined.slice(index + name.length))) return rule;
  }
  for (const [pattern, rule] of whole) if (pattern.test(joined)) return rule;
  for (const [index, part] of [...parts, joined].entries()) {
    if (!Object.hasOwn(asWord, part)) continue;
    const rest = index < parts.length ? parts.slice(index + 1).join("") : "";
    if (!harmlessEnd.test(rest)) return asWord[part as keyof typeof asWord];
  }
  return null;
};

const known = new Map<string, string | null>();
const knownKeys = 2000;

/** The rule by which a key's value is a secret, or null. Case, separators and invisible characters do not matter. */
export const secretKeyRule = (key: string): string | null => {
  const found = known.get(key);
  if (found !== undefined) return found;
  const rule = findRule(key);
  // The few hundred keys of real events are asked again and again; foreign ones must not fill the memory.
  if (known.size >= knownKeys) known.clear();
  if (key.length <= 64) known.set(key, rule);
  return rule;
};
