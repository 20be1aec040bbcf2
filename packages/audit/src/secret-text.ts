export type RedactedText = { text: string; redacted: number };

/** First digits and length of the known issuers (ISO/IEC 7812). */
const issuer =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|35\d{14}|(?:5[06-8]|6(?:[02357]|4[4-9]))\d*)$/;
const cardLengths = new Set([13, 14, 15, 16, 19]);
/** One block, or groups of four, or 4-6-5 and 4-6-4; the same separator throughout, so that no UUID or list of dates fits. */
const cardShape = /(?<![\w+]|\d[.,])(?:\d{4}([ -]?)\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -])\d{6}\2\d{4,5})(?!\w)/g;

/** Luhn's checksum, ISO/IEC 7812-1 annex B. */
const passesLuhn = (digits: string): boolean => {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const weighted = index % 2 === 1 ? digit * 2 : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
};

const isCard = (run: string): boolean => {
  const digits = run.replace(/\D/g, "");
  return cardLengths.has(digits.length) && issuer.test(digits) && passesLuhn(digits);
};

const redactCards = (text: string): RedactedText => {
  let redacted = 0;
  let kept = "";
  let from = 0;
  cardShape.lastIndex = 0;
  for (let found = cardShape.exec(text); found !== null; found = cardShape.exec(text)) {
    const [run] = found;
    if (isCard(run)) {
      kept += `${text.slice(from, found.index)}[redacted:card]`;
      from = found.index + run.length;
      redacted += 1;
    } else {
      // A year or an amount may stand right before the card, so the search goes on inside the run.
      cardShape.lastIndex = found.index + 1;
    }
  }
  return redacted === 0 ? { text, redacted } : { text: kept + text.slice(from), redacted };
};

type Rule = { name: string; pattern: RegExp; replace?: (...found: string[]) => string };

/** Tokens whose form alone gives them away. */
const tokenRules: readonly Rule[] = [
  {
    name: "private-key",
    pattern:
      /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|$)/g,
  },
  { name: "jwt", pattern: /\beyJ[\w-]{5,512}(?:\.[\w-]*){1,4}/g },
  { name: "aws-key", pattern: /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g },
  { name: "github-token", pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_\w{22,255})/g },
  { name: "api-key", pattern: /cs_[A-Za-z0-9]{1,64}_[A-Za-z0-9]{32}_[A-Za-z0-9]{1,16}/g },
];

const textRules: readonly Rule[] = [
  ...tokenRules,
  {
    name: "authorization",
    pattern:
      /\b(authorization["']?\s{0,4}[:=]\s{0,4}["']?)(?:basic|bearer|digest|negotiate|token|apikey)\s{1,4}[^\s"',;]{4,}/gi,
    replace: (_, name) => `${name}[redacted:authorization]`,
  },
  { name: "bearer", pattern: /\bbearer\s{1,4}(?=[^\s,;]*\d)[\w.~+/-]{8,}=*/gi },
  {
    name: "url-credentials",
    pattern: /(:\/\/[^\s/?#:@]*):[^\s/?#@]+@/g,
    replace: (_, start) => `${start}:[redacted:url-credentials]@`,
  },
  {
    name: "assignment",
    pattern:
      /((?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|countersign_sid)["']?\s?=\s?)("[^"]*"|'[^']*'|[^\s&;,"']+)/gi,
    replace: (_, name) => `${name}[redacted:assignment]`,
  },
];

/** One look for the beginnings of every rule; almost every text of an event ends here. */
const suspicious =
  /eyJ|-----BEGIN|A(?:KIA|SIA|BIA|CCA)|gh[pousr]_|github_pat_|cs_|bearer|authorization|:\/\/|=|\d(?:[ -]?\d){12}/i;
const suspiciousToken = /eyJ|-----BEGIN|A(?:KIA|SIA|BIA|CCA)|gh[pousr]_|github_pat_|cs_/;

const apply = (rules: readonly Rule[], text: string): RedactedText => {
  let redacted = 0;
  let result = text;
  for (const { name, pattern, replace } of rules) {
    result = result.replace(pattern, (...found: string[]) => {
      const replacement = replace ? replace(...found) : `[redacted:${name}]`;
      if (replacement !== found[0]) redacted += 1;
      return replacement;
    });
  }
  return { text: result, redacted };
};

const redactSuspicious = (text: string): RedactedText => {
  const tokens = apply(textRules, text);
  const cards = redactCards(tokens.text);
  return { text: cards.text, redacted: tokens.redacted + cards.redacted };
};

/** A text with each secret in it replaced by `[redacted:<rule>]`. */
export const redactText = (text: string): RedactedText =>
  suspicious.test(text) ? redactSuspicious(text) : { text, redacted: 0 };

/** The same for an id or a path, in which only a token that can be nothing else is replaced. */
export const redactToken = (text: string): RedactedText =>
  suspiciousToken.test(text) ? apply(tokenRules, text) : { text, redacted: 0 };

/** A number that is a card number. */
export const isCardNumber = (value: number): boolean =>
  value >= 1e12 && Number.isSafeInteger(value) && isCard(`${value}`);
