import { readTextOrNull, replaceFile } from "@countersign/service/durable-file";

/** The newest note outside the database: what the log must never fall behind. */
export type Anchor = {
  /** Null when there is none yet. */
  read: () => Promise<string | null>;
  /** Durable when it resolves. */
  write: (note: string) => Promise<void>;
};

export const createAnchor = (file: string): Anchor => ({
  read: () => readTextOrNull(file),
  write: (note) => replaceFile(file, note),
});
