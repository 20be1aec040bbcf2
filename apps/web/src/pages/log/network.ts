/** The bytes of an IPv4 address in its one spelling, else null. */
const fourOf = (text: string): number[] | null => {
  const parts = text.split(".");
  const isAddress = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
  return isAddress ? parts.map(Number) : null;
};

/** The eight groups of an IPv6 address, however it is spelled, else null; a browser's own parser reads it. */
const eightOf = (text: string): number[] | null => {
  if (!/^[\da-f:.]+$/i.test(text) || !text.includes(":") || /^::\d+\./.test(text)) return null;
  try {
    const [start = "", end] = new URL(`http://[${text}]`).hostname.slice(1, -1).split("::");
    const read = (part: string) => (part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16)));
    const [first, last] = [read(start), read(end ?? "")];
    return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
  } catch {
    return null;
  }
};

const isMapped = (groups: readonly number[]) =>
  groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);

const masked = (parts: readonly number[], width: number, prefix: number) =>
  parts.map((part, index) => {
    const kept = Math.min(width, Math.max(0, prefix - index * width));
    return part & (2 ** width - 2 ** (width - kept));
  });

/**
 * An address or a network like `10.20.0.0/16` as the log is asked for it: in its one spelling, without host bits. Null for
 * anything else.
 */
export const networkOf = (text: string): string | null => {
  const [base = "", bits, ...rest] = text.trim().split("/");
  if (rest.length > 0 || (bits !== undefined && !/^(0|[1-9]\d{0,2})$/.test(bits))) return null;
  const groups = eightOf(base);
  const mapped =
    groups !== null && isMapped(groups) ? groups.slice(6).flatMap((group) => [group >> 8, group & 255]) : null;
  const four = mapped ?? fourOf(base);
  const widest = four ? 32 : 128;
  const prefix = bits === undefined ? widest : Number(bits) - (mapped ? 96 : 0);
  if (prefix < 0 || prefix > widest) return null;
  const suffix = prefix === widest ? "" : `/${prefix}`;
  if (four) return masked(four, 8, prefix).join(".") + suffix;
  if (groups === null) return null;
  const spelled = masked(groups, 16, prefix).map((group) => group.toString(16));
  return new URL(`http://[${spelled.join(":")}]`).hostname.slice(1, -1) + suffix;
};
