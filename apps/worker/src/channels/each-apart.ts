type Apart<Item extends { id: number }> = {
  begin: (items: readonly Item[], stop: AbortSignal) => void;
  /** Waits for what is under way. */
  settle: () => Promise<void>;
};

/** Works on each by itself, so that one that hangs keeps no other waiting, and on none twice at a time. */
export const eachApart = <Item extends { id: number }>(
  work: (item: Item, stop: AbortSignal) => Promise<void>,
  onError: (error: unknown, item: Item) => Promise<void> | void,
): Apart<Item> => {
  const busy = new Map<number, Promise<void>>();
  return {
    begin: (items, stop) => {
      for (const item of items) {
        if (busy.has(item.id)) continue;
        const done = work(item, stop)
          .catch((error: unknown) => onError(error, item))
          .finally(() => busy.delete(item.id));
        busy.set(item.id, done);
      }
    },
    settle: async () => {
      await Promise.all(busy.values());
    },
  };
};
