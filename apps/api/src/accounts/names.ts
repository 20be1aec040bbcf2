/**
 * The one form under which a name counts as taken: NFKC, case folded, without outer spaces. By way of upper case, so
 * that letters with several lower-case forms (ß and ss, σ and ς) meet.
 */
export const foldName = (name: string): string =>
  name.normalize("NFKC").toLowerCase().toUpperCase().toLowerCase().normalize("NFKC").trim();

/** Scripts that are written together count as one (Unicode UTS 39, highly restrictive profile). */
const systems = {
  Latin: /\p{Script=Latin}/u,
  Greek: /\p{Script=Greek}/u,
  Cyrillic: /\p{Script=Cyrillic}/u,
  Armenian: /\p{Script=Armenian}/u,
  Georgian: /\p{Script=Georgian}/u,
  Hebrew: /\p{Script=Hebrew}/u,
  Arabic: /\p{Script=Arabic}/u,
  Cherokee: /\p{Script=Cherokee}/u,
  Devanagari: /\p{Script=Devanagari}/u,
  Thai: /\p{Script=Thai}/u,
  "East Asian": /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}]/u,
} as const;

const shared = /[\p{Script=Common}\p{Script=Inherited}]/u;

/**
 * The scripts of a name when it mixes several, as `аdmin` with a Cyrillic а does; null for an unmixed name.
 * A name is judged as it will be compared, so look-alikes that NFKC resolves are no mixture.
 */
export const mixedScripts = (name: string): string[] | null => {
  const found = new Set<string>();
  for (const letter of name.normalize("NFKC")) {
    if (shared.test(letter)) continue;
    found.add(Object.entries(systems).find(([, letters]) => letters.test(letter))?.[0] ?? "another script");
  }
  return found.size > 1 ? [...found].sort() : null;
};
