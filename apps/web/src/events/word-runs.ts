export type Run = { text: string; isChanged: boolean };

/** Above as many pairs of words, what lies between the equal ends is taken as changed. */
const mostPairs = 250_000;

const isSpace = (token: string | undefined): boolean => token === undefined || /^\s/u.test(token);
const tokensOf = (text: string): string[] => text.match(/\s+|\S+/gu) ?? [];
const wordsOf = (tokens: readonly string[]): string[] => tokens.filter((token) => !isSpace(token));

/** Which words of each side stand in a longest common sequence of both. */
const keptIn = (a: readonly string[], b: readonly string[]): [Set<number>, Set<number>] => {
  const kept: [Set<number>, Set<number>] = [new Set(), new Set()];
  const keep = (i: number, j: number) => {
    kept[0].add(i);
    kept[1].add(j);
  };
  const shorter = Math.min(a.length, b.length);
  let head = 0;
  for (; head < shorter && a[head] === b[head]; head++) keep(head, head);
  let tail = 0;
  for (; tail < shorter - head && a.at(-1 - tail) === b.at(-1 - tail); tail++)
    keep(a.length - 1 - tail, b.length - 1 - tail);
  const rows = a.length - head - tail;
  const columns = b.length - head - tail;
  if (rows * columns > mostPairs) return kept;
  const width = columns + 1;
  const lengths = new Uint16Array((rows + 1) * width);
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      const isSame = a[head + i] === b[head + j];
      lengths[i * width + j] = isSame ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  for (let i = 0, j = 0; i < rows && j < columns; ) {
    if (a[head + i] === b[head + j]) keep(head + i++, head + j++);
    else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return kept;
};

/** The text in runs; a gap belongs to what changed only between two words that did. */
const runsOf = (tokens: readonly string[], kept: ReadonlySet<number>): Run[] => {
  const runs: Run[] = [];
  let word = 0;
  for (const token of tokens) {
    const isChanged = isSpace(token) ? !kept.has(word - 1) && !kept.has(word) && runs.length > 0 : !kept.has(word++);
    const last = runs.at(-1);
    if (last?.isChanged === isChanged) last.text += token;
    else runs.push({ text: token, isChanged });
  }
  return runs;
};

/** The words at which two texts part, each edit by itself. Null when no word is equal, or only the gaps differ. */
export const wordRuns = (before: string, after: string): { old: Run[]; new: Run[] } | null => {
  const a = tokensOf(before);
  const b = tokensOf(after);
  const words = [wordsOf(a), wordsOf(b)] as const;
  const [old, fresh] = keptIn(...words);
  if (old.size === 0 || (old.size === words[0].length && fresh.size === words[1].length)) return null;
  return { old: runsOf(a, old), new: runsOf(b, fresh) };
};
