/** One measured thing: more is better (a rate), or less is better (a time); the figure alone does not say which. */
export type Measure = () => Promise<number>;
export type Round<Name extends string> = Record<Name, number>;

/**
 * Measures each thing once a round, in turn (A B C A B C …), so that whatever else the machine does hits all of them. A round
 * before the first one warms up and is thrown away.
 */
export const inTurn = async <Name extends string>(
  measures: Record<Name, Measure>,
  rounds: number,
  tell: (line: string) => void,
): Promise<Round<Name>[]> => {
  const names = Object.keys(measures) as Name[];
  const result: Round<Name>[] = [];
  for (let round = 0; round <= rounds; round++) {
    const figures = {} as Round<Name>;
    for (const name of names) figures[name] = await measures[name]();
    const line = names.map((name) => `${name} ${Math.round(figures[name]).toLocaleString("en")}`).join(" · ");
    tell(`  ${round === 0 ? "warm-up" : `round ${round}`}: ${line}`);
    if (round > 0) result.push(figures);
  }
  return result;
};

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
};

export const spread = (values: readonly number[]): readonly [number, number] => [
  Math.min(...values),
  Math.max(...values),
];
