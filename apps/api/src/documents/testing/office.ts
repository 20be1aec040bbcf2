import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Feature } from "@countersign/audit/features";
import type { Document } from "@countersign/db/documents";
import type { Person, TestApi } from "../../testing.ts";
import { samplePdf } from "./sample-files.ts";

export const documentFeatures: Feature[] = [
  "permits.read",
  "permits.create",
  "permits.delete",
  "documents.read",
  "documents.upload",
  "documents.verify",
  "documents.delete",
];

export const createPermit = async (by: Person): Promise<{ id: number; permitNumber: string }> => {
  const { permit } = await by.trpc.permits.create.mutate({ type: "building", holderName: "Ada Lovelace" });
  return { id: permit.id, permitNumber: permit.permitNumber };
};

type Upload = { name?: string; kind?: string; type?: string; file?: Uint8Array };

export const uploadAddress = (
  permitId: number | string,
  { name = "plan.pdf", kind = "site plan" }: Upload = {},
): string => `/api/permits/${permitId}/documents?${new URLSearchParams({ name, kind })}`;

/** Sends a file as a page of ours would. */
export const sendFile = (by: Person, permitId: number | string, upload: Upload = {}): Promise<Response> => {
  const { type = "application/pdf", file = samplePdf("Site plan") } = upload;
  const headers = { "content-type": type };
  return by.send(uploadAddress(permitId, upload), { method: "POST", headers, body: file });
};

export const addFile = async (by: Person, permitId: number, upload: Upload = {}): Promise<Document> => {
  const answer = await sendFile(by, permitId, upload);
  const body = (await answer.json()) as { document: Document };
  if (answer.status !== 200) throw new Error(`the upload was refused: ${JSON.stringify(body)}`);
  return body.document;
};

/** The files below a folder, by path. */
export const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  );

/** How many documents there are, files noted, and files stored. */
export const countsOf = async ({ database, files }: TestApi) => {
  const [row] = await database.admin.sql<{ documents: number; noted: number }[]>`
    select (select count(*)::int from documents) as documents, (select count(*)::int from document_files) as noted`;
  return { ...row, stored: filesIn(files).length };
};

/** A folder with room for 256 KiB, or null where only root on Linux could make one. */
export const smallDisk = (): { folder: string; release: () => void } | null => {
  const folder = mkdtempSync(join(tmpdir(), "small-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", folder], { stdio: "ignore" });
    const release = (): void => {
      execFileSync("umount", ["-l", folder]);
      rmdirSync(folder);
    };
    return { folder, release };
  } catch {
    rmdirSync(folder);
    return null;
  }
};
