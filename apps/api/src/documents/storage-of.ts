import { join } from "node:path";
import type { Env } from "../env.ts";
import { createLocalStorage } from "./local-storage.ts";
import { createS3Storage } from "./s3-storage.ts";
import type { DocumentStorage } from "./storage.ts";

/** The storage that the settings name: an S3-compatible server, else a folder of this machine. */
export const storageOf = (env: Env, onFault: (fault: unknown) => void): DocumentStorage => {
  const { S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = env;
  const folder = join(env.DATA_DIR, "documents");
  if (S3_ENDPOINT === undefined || S3_BUCKET === undefined) return createLocalStorage(folder);
  return createS3Storage({
    endpoint: S3_ENDPOINT,
    bucket: S3_BUCKET,
    region: env.S3_REGION,
    accessKeyId: S3_ACCESS_KEY_ID ?? "",
    secretAccessKey: S3_SECRET_ACCESS_KEY ?? "",
    pathStyle: env.S3_PATH_STYLE,
    spoolFolder: join(folder, "outgoing"),
    onFault,
  });
};
