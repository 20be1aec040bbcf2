import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Context, Handler } from "hono";
import { getMimeType } from "hono/utils/mime";
import { errorResponse } from "./errors.ts";
import { pagePolicy } from "./headers.ts";
import type { HttpEnv } from "./http-env.ts";

const compress = promisify(gzip);

type Bytes = Uint8Array<ArrayBuffer>;
type Asset = { body: Bytes; gzipped: Bytes | null; type: string; etag: string; immutable: boolean };
type App = { page: string; assets: ReadonlyMap<string, Asset> };

/** Reads the built app into memory once: a name that is not in this map cannot be asked for, whatever it looks like. */
const loadApp = async (folder: string): Promise<App> => {
  const page = await readFile(join(folder, "index.html"), "utf8");
  const assets = new Map<string, Asset>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name === "index.html" || entry.name.endsWith(".map")) continue;
    const file = join(entry.parentPath, entry.name);
    const path = `/${relative(folder, file).split(sep).join("/")}`;
    assets.set(path, await loadAsset(file, path));
  }
  return { page, assets };
};

const loadAsset = async (file: string, path: string): Promise<Asset> => {
  const body = new Uint8Array(await readFile(file));
  const type = getMimeType(file) ?? "application/octet-stream";
  const gzipped = /^text\/|javascript|json|svg|xml/.test(type)
    ? new Uint8Array(await compress(body, { level: 9 }))
    : null;
  const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
  return { body, gzipped, type, etag, immutable: path.startsWith("/assets/") };
};

export type SpaOptions = {
  /** The folder of the built app; undefined when there is none. */
  folder: string | undefined;
  /** 16 random bytes for each page. */
  newNonce?: () => string;
};

/**
 * Serves the built app: hashed assets for ever, the page fresh each time with a nonce in place of `%CSP_NONCE%`.
 * A GET that asks for a page and is no file gets the page (the app routes itself); all else is 404 in JSON.
 * As long as the app is not built, one plain sentence says so.
 */
export const spa = ({ folder, newNonce = () => randomBytes(16).toString("base64") }: SpaOptions): Handler<HttpEnv> => {
  let app: Promise<App | null> = Promise.resolve(null);
  const load = async (): Promise<App | null> => {
    if ((await app) === null && folder !== undefined) app = loadApp(folder).catch(() => null);
    return app;
  };
  return async (c) => {
    if (c.req.method !== "GET" && c.req.method !== "HEAD") return errorResponse(c, "not_found");
    const { path } = c.req;
    if (/^\/(?:trpc|api|health)(?:\/|$)/.test(path)) return errorResponse(c, "not_found");
    const loaded = await load();
    const asset = loaded?.assets.get(path);
    if (asset !== undefined) return assetResponse(c, asset);
    if (path.startsWith("/assets/") || !asksForPage(c)) return errorResponse(c, "not_found");
    if (loaded === null) return c.text("The app is not built. Run npm start, or npm run build in apps/web.\n", 503);
    return pageResponse(loaded.page, newNonce());
  };
};

const asksForPage = (c: Context<HttpEnv>): boolean => (c.req.header("accept") ?? "").includes("text/html");

const pageResponse = (page: string, nonce: string): Response =>
  new Response(page.replaceAll("%CSP_NONCE%", nonce), {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": pagePolicy(nonce),
      "cache-control": "no-store",
    },
  });

const assetResponse = (c: Context<HttpEnv>, asset: Asset): Response => {
  const headers: Record<string, string> = {
    "content-type": asset.type,
    "cache-control": asset.immutable ? "public, max-age=31536000, immutable" : "no-cache",
    etag: asset.etag,
    vary: "accept-encoding",
  };
  if (c.req.header("if-none-match") === asset.etag) return new Response(null, { status: 304, headers });
  const gzipped = /\bgzip\b/.test(c.req.header("accept-encoding") ?? "") ? asset.gzipped : null;
  if (gzipped !== null) headers["content-encoding"] = "gzip";
  return new Response(gzipped ?? asset.body, { headers });
};
