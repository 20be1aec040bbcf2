/** What the process that fills a new office says of it, over the channel of the one that started both. */
export type DemoMessage =
  | { type: "demo-progress"; percent: number }
  | { type: "demo-filled"; usernames: readonly string[]; password: string; permits: number; events: number }
  | { type: "demo-failed"; sentence: string };

export type DemoState =
  | { kind: "offered" }
  | { kind: "filling"; percent: number }
  | { kind: "filled"; permits: number; events: number; peopleWait: boolean }
  | { kind: "failed"; sentence: string };

/** Fills a new office with half a year of acts, which takes rights on the database that this process does not have. */
export type DemoOffice = {
  state: () => DemoState;
  /** Asks for it in the name of a user; nothing happens while one is being filled. */
  start: (userId: number) => void;
  /** The names and the password of the people that were made: once, and only to who asked for them. */
  takePeople: (userId: number) => { usernames: readonly string[]; password: string } | null;
};

const isMessage = (message: unknown): message is DemoMessage =>
  typeof message === "object" && message !== null && "type" in message && String(message.type).startsWith("demo-");

/** `ask` reaches the process above; `hear` takes whatever that one says. */
export const createDemoOffice = (ask: () => void): DemoOffice & { hear: (message: unknown) => void } => {
  let state: DemoState = { kind: "offered" };
  let people: { usernames: readonly string[]; password: string } | null = null;
  let askedBy: number | null = null;
  return {
    state: () => (state.kind === "filled" ? { ...state, peopleWait: people !== null } : state),
    start: (userId) => {
      if (state.kind === "filling") return;
      state = { kind: "filling", percent: 0 };
      askedBy = userId;
      ask();
    },
    takePeople: (userId) => {
      if (userId !== askedBy) return null;
      const taken = people;
      people = null;
      return taken;
    },
    hear: (message) => {
      if (!isMessage(message)) return;
      if (message.type === "demo-progress") state = { kind: "filling", percent: message.percent };
      if (message.type === "demo-failed") state = { kind: "failed", sentence: message.sentence };
      if (message.type === "demo-filled") {
        const { usernames, password, permits, events } = message;
        people = { usernames, password };
        state = { kind: "filled", permits, events, peopleWait: true };
      }
    },
  };
};
