export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
/** A member that is undefined counts as absent. */
export type JsonObject = { readonly [key: string]: Json | undefined };

/** SHA-256, passed in: `node:crypto` on the server, `@noble/hashes` in the browser. Answers 32 bytes. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;
