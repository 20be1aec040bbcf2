import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { readTextOrNull, syncFolder } from "@countersign/service/durable-file";
import { formatState, parseState, type State } from "./state.ts";

/** Long past any write; a part that old was left by a process that was killed. */
const abandonedMs = 10_000;

/** The state cannot be read, or cannot be written for certain; nothing may be signed. */
export class StateError extends Error {}

export type StateFile = {
  /** Null when there is no file. StateError when it is not as it was written. */
  read: () => Promise<State | null>;
  /**
   * Gives `change` the state as it stands, one call at a time, and writes what it returns before resolving; null leaves
   * the file. Another process at the same file is held off, too.
   */
  update: <Result>(change: (state: State | null) => { state: State | null; result: Result }) => Promise<Result>;
};

/** The file is the only memory: read before each decision, replaced as a whole after it (fsync, rename, fsync of the folder). */
export const openStateFile = (file: string): StateFile => {
  const part = `${file}.part`;

  const read = async (): Promise<State | null> => {
    const text = await readTextOrNull(file);
    if (text === null) return null;
    const state = parseState(text);
    if (state === null) throw new StateError(`The state file ${file} is damaged; put it back from a copy.`);
    return state;
  };

  /** The part file is the lock: only one can be made. */
  const openPart = async (again = true): Promise<Awaited<ReturnType<typeof open>>> => {
    try {
      return await open(part, "wx", 0o600);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const { mtimeMs } = await stat(part);
      if (!again || Date.now() - mtimeMs < abandonedMs) throw new StateError(`${part} is being written.`);
      await rm(part, { force: true });
      return openPart(false);
    }
  };

  const updateOnce: StateFile["update"] = async (change) => {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await openPart();
    let isOurs = true;
    try {
      const { state, result } = change(await read());
      if (state === null) return result;
      const text = formatState(state);
      await handle.writeFile(text);
      await handle.sync();
      await rename(part, file);
      isOurs = false;
      await syncFolder(dirname(file));
      // Read back: what another process or a bad disk put there is found before anything is said.
      if ((await readTextOrNull(file)) !== text) throw new StateError(`${file} is not what was written to it.`);
      return result;
    } finally {
      await handle.close();
      if (isOurs) await rm(part, { force: true });
    }
  };

  let last: Promise<unknown> = Promise.resolve();
  return {
    read,
    update: (change) => {
      const next = last.then(() => updateOnce(change));
      last = next.catch(() => undefined);
      return next;
    },
  };
};
