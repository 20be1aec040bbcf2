import { randomBytes } from "node:crypto";
import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { setTimeout as sleep } from "node:timers/promises";
import { AwsV4Signer } from "aws4fetch";
import { DomainError } from "../domain/domain-error.ts";
import { type DocumentStorage, placeOf } from "./storage.ts";
import { asDiskFault, storageUnavailable, writeTo } from "./write-file.ts";

export type S3Options = {
  /** `https://s3.eu-central-1.amazonaws.com`, `https://minio.example:9000`; the bucket is not part of it. */
  endpoint: string;
  bucket: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** The bucket stands in the path instead of the host name; most servers that are not Amazon's want this. */
  pathStyle: boolean;
  /** A folder of this machine with room for the files that are being sent. */
  spoolFolder: string;
  /** How long one try may take. */
  timeoutMs?: number;
  /** The longest wait before the second try; it doubles with each. */
  backoffMs?: number;
  /** What hindered a try, for the log. */
  onFault?: (fault: unknown) => void;
};

type Call = {
  method: "GET" | "PUT" | "DELETE";
  headers?: Record<string, string>;
  body?: () => AsyncIterable<Uint8Array>;
};

const tries = 4;

/**
 * Files in a bucket of an S3-compatible server. Each is written here first, so that it goes out in one request signed
 * over its hash: the server refuses bytes that changed on the way, a try can be repeated, and no parts are left behind.
 */
export const createS3Storage = (options: S3Options): DocumentStorage => {
  const {
    region,
    accessKeyId,
    secretAccessKey,
    spoolFolder,
    timeoutMs = 60_000,
    backoffMs = 200,
    onFault = () => undefined,
  } = options;
  const signing = { accessKeyId, secretAccessKey, region, service: "s3", cache: new Map<string, ArrayBuffer>() };
  const bucket = bucketUrl(options);

  /** Answers a success, or null for a key that is not there; everything else is tried again and then unavailable. */
  const call = async (key: string, { method, headers = {}, body }: Call): Promise<Response | null> => {
    const url = `${bucket}/${placeOf(key).join("/")}`;
    for (let tried = 1; ; tried++) {
      const stop = new AbortController();
      const timer = setTimeout(() => stop.abort(new Error("the storage did not answer in time")), timeoutMs);
      try {
        const signed = await new AwsV4Signer({ ...signing, url, method, headers }).sign();
        const sent = { method, headers: signed.headers, signal: stop.signal, redirect: "manual" } as const;
        const streamed = body === undefined ? sent : { ...sent, body: body(), duplex: "half" };
        const response = await fetch(url, streamed as RequestInit);
        if (response.ok) return response;
        const fault = await response.text();
        if (response.status === 404 && codeOf(fault) === "NoSuchKey") return null;
        onFault(new Error(`the storage answered ${response.status} ${codeOf(fault)}`));
        if (response.status < 500 && response.status !== 429) throw storageUnavailable();
      } catch (error) {
        if (error instanceof DomainError) throw error;
        onFault(error);
      } finally {
        clearTimeout(timer);
      }
      if (tried === tries) throw storageUnavailable();
      await sleep(Math.random() * backoffMs * 2 ** (tried - 1));
    }
  };

  return {
    put: async (key, source) => {
      const file = await nameless(spoolFolder);
      try {
        const { bytes, sha256 } = await writeTo(file, source).catch((error) => {
          throw asDiskFault(error);
        });
        const headers = {
          "content-length": String(bytes),
          "content-type": "application/octet-stream",
          "x-amz-content-sha256": Buffer.from(sha256).toString("hex"),
        };
        const answer = await call(key, { method: "PUT", headers, body: () => bytesOf(file) });
        if (answer === null) throw storageUnavailable();
        await answer.body?.cancel();
        return { bytes, sha256 };
      } finally {
        await file.close();
      }
    },
    open: async (key) => {
      const answer = await call(key, { method: "GET", headers: { "accept-encoding": "identity" } });
      if (answer === null) return null;
      const bytes = Number(answer.headers.get("content-length"));
      return { stream: Readable.fromWeb(answer.body as ReadableStream<Uint8Array>), bytes };
    },
    remove: async (key) => {
      await (await call(key, { method: "DELETE" }))?.body?.cancel();
    },
  };
};

const bucketUrl = ({ endpoint, bucket, pathStyle }: S3Options): string => {
  const url = new URL(endpoint);
  if (pathStyle) url.pathname = `${url.pathname.replace(/\/$/, "")}/${bucket}`;
  else url.host = `${bucket}.${url.host}`;
  return url.href.replace(/\/$/, "");
};

const codeOf = (fault: string): string => /<Code>(\w{1,64})<\/Code>/.exec(fault)?.[1] ?? "";

/** A new file that has lost its name already: whatever ends this process, the system takes its room back. */
const nameless = async (folder: string): Promise<FileHandle> => {
  const path = join(folder, randomBytes(16).toString("hex"));
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = await open(path, "wx+", 0o600);
    await rm(path);
    return file;
  } catch (error) {
    throw asDiskFault(error);
  }
};

/** Reads by position, so that every try begins at the start. */
const bytesOf = async function* (file: FileHandle) {
  for (let position = 0; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(65_536), 0, 65_536, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
};
