/** With two, a commit that takes its time does not leave the process idle; more only make the groups smaller. */
const writersAtOnce = 2;

/**
 * Lets items that arrive together share one commit: `write` runs with what has gathered, two at a time, so that a lone
 * item waits for nothing and under load each commit carries what came in during the ones before it.
 * `keep` resolves when the write that held its item did, and rejects with its error.
 */
export const createGroupCommit = <Item>(write: (items: readonly Item[]) => Promise<void>, maxItems = 500) => {
  type Waiting = { item: Item; resolve: () => void; reject: (error: unknown) => void };
  const waiting: Waiting[] = [];
  let writing = 0;

  const flush = async (): Promise<void> => {
    const group = waiting.splice(0, maxItems);
    if (group.length === 0) return;
    writing++;
    try {
      await write(group.map(({ item }) => item));
      for (const { resolve } of group) resolve();
    } catch (error) {
      for (const { reject } of group) reject(error);
    } finally {
      writing--;
      if (waiting.length > 0) void flush();
    }
  };

  return {
    keep: (item: Item): Promise<void> =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        // The rest of this turn of the event loop may bring more.
        if (writing < writersAtOnce && waiting.length === 1) setImmediate(() => void flush());
      }),
    waiting: (): number => waiting.length,
  };
};
