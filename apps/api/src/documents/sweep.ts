import type { Database } from "@countersign/db/client";
import { forgetFile, unwantedFiles } from "@countersign/db/documents";
import type { DocumentStorage } from "./storage.ts";

const atOnce = 100;

/** Removes all files noted more than an hour ago that no document refers to, and returns how many they were. */
export const sweepFiles = async (db: Database, storage: DocumentStorage): Promise<number> => {
  for (let swept = 0; ; ) {
    const keys = await unwantedFiles(db, atOnce);
    for (const key of keys) {
      await storage.remove(key);
      await forgetFile(db, key);
    }
    swept += keys.length;
    if (keys.length < atOnce) return swept;
  }
};

/** Sweeps now and every hour. */
export const watchFiles = (
  db: Database,
  storage: DocumentStorage,
  { onSwept, onError }: { onSwept: (files: number) => void; onError: (error: unknown) => void },
): { stop: () => void } => {
  const sweep = (): void => {
    sweepFiles(db, storage).then((files) => {
      if (files > 0) onSwept(files);
    }, onError);
  };
  sweep();
  const timer = setInterval(sweep, 3_600_000);
  timer.unref();
  return { stop: () => clearInterval(timer) };
};
