const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of bytes or of a text itself; null when it is no UTF-8 or has a lone surrogate. */
export const wellFormedText = (input: string | Uint8Array): string | null => {
  if (typeof input === "string") return input.isWellFormed() ? input : null;
  try {
    return decoder.decode(input);
  } catch {
    return null;
  }
};
