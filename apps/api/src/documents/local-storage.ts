import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type DocumentStorage, placeOf, type StoredFile } from "./storage.ts";
import { asDiskFault, writeTo } from "./write-file.ts";

/** Files in a folder of this machine, in two levels of 256 folders each; only our own user may read them. */
export const createLocalStorage = (folder: string): DocumentStorage => {
  const pathOf = (key: string): string => join(folder, ...placeOf(key));
  const remove = async (key: string): Promise<void> => {
    const path = pathOf(key);
    await Promise.all([rm(path, { force: true }), rm(partOf(path), { force: true })]);
  };
  return {
    put: async (key, source) => {
      const path = pathOf(key);
      try {
        await makeFolder(dirname(path));
        const stored = await writeNew(partOf(path), source);
        await rename(partOf(path), path);
        await syncFolder(dirname(path));
        return stored;
      } catch (error) {
        await remove(key);
        throw asDiskFault(error);
      }
    },
    open: async (key) => {
      try {
        const file = await open(pathOf(key), "r");
        const { size } = await file.stat();
        return { stream: file.createReadStream(), bytes: size };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
        throw asDiskFault(error);
      }
    },
    remove,
  };
};

const writeNew = async (path: string, source: AsyncIterable<Uint8Array>): Promise<StoredFile> => {
  const file = await open(path, "wx", 0o600);
  try {
    return await writeTo(file, source);
  } finally {
    await file.close();
  }
};

const partOf = (path: string): string => `${path}.part`;

/** A rename or a new folder is only on the disk once the folder around it is. */
const syncFolder = async (path: string): Promise<void> => {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};

const makeFolder = async (path: string): Promise<void> => {
  const highest = await mkdir(path, { recursive: true, mode: 0o700 });
  if (highest === undefined) return;
  for (let made = path; made.length >= highest.length; made = dirname(made)) await syncFolder(dirname(made));
};
