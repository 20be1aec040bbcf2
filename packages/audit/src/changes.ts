import type { Json } from "./json.ts";

/** One field: null stands for "not there". A list also says what came and went. */
export type Change = { old: Json; new: Json; added?: readonly Json[]; removed?: readonly Json[] };
/** Only the fields that differ. */
export type Changes = { readonly [field: string]: Change };
/** What is kept of a value over 8 KiB: hash and size of its canonical JSON in UTF-8, and how it begins. */
export type ShrunkValue = { sha256: string; bytes: number; head: string };
