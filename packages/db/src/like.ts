/**
 * An ILIKE pattern for "contains this text", every character taken literally. It is in NFC: hold it against `normalize(…)`,
 * so that an é is found however it was typed.
 */
export const containing = (text: string): string =>
  `%${text.normalize("NFC").replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
