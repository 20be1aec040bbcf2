import { lookup as lookupByName } from "node:dns/promises";
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** Calls that administrators of the office name the address of: nothing inside the house may be reached by them. */

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** The IPv4 address that an IPv6 one stands for: mapped (::ffff:0:0/96), translated (64:ff9b::/96), 6to4 (2002::/16). */
const embedded = (address: ipaddr.IPv6): ipaddr.IPv4 | null => {
  const bytes = address.toByteArray();
  const begins = (...head: number[]): boolean => head.every((byte, at) => bytes[at] === byte);
  const zeros = Array.from({ length: 10 }, () => 0);
  if (begins(...zeros, 0xff, 0xff) || begins(0, 0x64, 0xff, 0x9b, ...zeros.slice(0, 8))) {
    return new ipaddr.IPv4(bytes.slice(12));
  }
  return begins(0x20, 0x02) ? new ipaddr.IPv4(bytes.slice(2, 6)) : null;
};

const isPublic = (address: Address): boolean => {
  if (address instanceof ipaddr.IPv4) return address.range() === "unicast";
  const inner = embedded(address);
  if (inner !== null) return isPublic(inner);
  // Only 2000::/3 is handed out (RFC 4291 §2.4).
  return address.range() === "unicast" && (address.toByteArray()[0] ?? 0) >> 5 === 1;
};

/** Whether a text is one address that the whole internet may reach, after unwrapping what it stands for. */
export const isPublicAddress = (text: string): boolean => {
  const bare = text.split("%", 1)[0] ?? "";
  return isIP(bare) !== 0 && ipaddr.isValid(bare) && isPublic(ipaddr.parse(bare));
};

/** Hosts inside the house that the operator allows all the same: `host` or `host:port`, without https too. */
export const parsePrivateHosts = (list: string): string[] =>
  list
    .split(",")
    .map((host) => host.trim().toLowerCase())
    .filter((host) => host !== "");

const ports = new Set(["", "443", "8443"]);

export type Target =
  | { ok: true; url: URL; isPrivate: boolean }
  | { ok: false; rule: "address" | "https" | "port" | "user_info" | "private_address" | "own_address" };

/** Whether an address may be called at all, before its name is looked up. */
export const checkTarget = (
  text: string,
  { privateHosts, ownOrigin }: { privateHosts: readonly string[]; ownOrigin?: string | undefined },
): Target => {
  if (text.length > 2048 || !URL.canParse(text)) return { ok: false, rule: "address" };
  const url = new URL(text);
  const isPrivate = privateHosts.some((host) => host === url.host || host === url.hostname);
  if (url.username !== "" || url.password !== "") return { ok: false, rule: "user_info" };
  if (url.protocol !== "https:" && !(isPrivate && url.protocol === "http:")) return { ok: false, rule: "https" };
  if (url.origin === ownOrigin) return { ok: false, rule: "own_address" };
  if (isPrivate) return { ok: true, url, isPrivate };
  if (!ports.has(url.port)) return { ok: false, rule: "port" };
  const literal = url.hostname.replace(/^\[|\]$/g, "");
  const isLocalName = isIP(literal) === 0 && !/\.[a-z0-9-]+\.?$/.test(literal);
  if (isLocalName || (isIP(literal) !== 0 && !isPublicAddress(literal))) return { ok: false, rule: "private_address" };
  return { ok: true, url, isPrivate };
};

export type ResolvedAddress = { address: string; family: number };
/** All addresses of a name. */
export type Lookup = (host: string) => Promise<readonly ResolvedAddress[]>;

export const systemLookup: Lookup = (host) => lookupByName(host, { all: true, verbatim: true });

/** The addresses of a target, each of them public; throws where one is not. Connect to these and to no others. */
export const resolveTarget = async (
  { url, isPrivate }: Extract<Target, { ok: true }>,
  lookup: Lookup,
): Promise<readonly ResolvedAddress[]> => {
  const literal = url.hostname.replace(/^\[|\]$/g, "");
  const addresses = isIP(literal) === 0 ? await lookup(literal) : [{ address: literal, family: isIP(literal) }];
  if (addresses.length === 0) throw new Error("the name has no address");
  if (!isPrivate && addresses.some(({ address }) => !isPublicAddress(address))) {
    throw new PrivateAddress("the name leads to an address that is not public");
  }
  return addresses;
};

export class PrivateAddress extends Error {
  override name = "PrivateAddress";
}
