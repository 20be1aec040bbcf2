/**
 * The leaf hash of RFC 9162 §2.1.1, SHA-256 over a zero byte and the leaf, in hex. Null where the page is not served over https or
 * from this machine: browsers hash only there.
 */
export const hexHashOfLeaf = async (leaf: string): Promise<string | null> => {
  if (!globalThis.crypto?.subtle) return null;
  const text = new TextEncoder().encode(leaf);
  const bytes = new Uint8Array(text.length + 1);
  bytes.set(text, 1);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
};
