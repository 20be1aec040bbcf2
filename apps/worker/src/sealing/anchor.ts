import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";

/** The newest note outside the database: what the log must never fall behind. */
export type Anchor = {
  /** Null when there is none yet. */
  read: () => Promise<string | null>;
  /** Durable when it resolves. */
  write: (note: string) => Promise<void>;
};

const sync = async (path: string): Promise<void> => {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

export const createAnchor = (file: string): Anchor => ({
  read: async () => {
    try {
      return await readFile(file, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  },
  write: async (note) => {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const part = `${file}.part`;
    const handle = await open(part, "w", 0o600);
    try {
      await handle.writeFile(note);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, file);
    await sync(dirname(file));
  },
});
