import { isIP, type Socket } from "node:net";
import ipaddr from "ipaddr.js";
import type { Guard } from "./guards.ts";

type Address = ipaddr.IPv4 | ipaddr.IPv6;
/** A network whose proxies are believed, as `[address, prefix length]`. */
export type Network = [Address, number];

/**
 * The address in its one canonical spelling, or null for anything that is not exactly one address. Mapped IPv4 is
 * unwrapped, a zone is split off; octal, short and port-carrying spellings are no addresses.
 */
export const canonicalIp = (text: string): string | null => {
  const address = parseAddress(text);
  return address === null ? null : spell(address);
};

const parseAddress = (text: string): Address | null => {
  // `::1.2.3.4` is a form given up by RFC 4291 §2.5.5.1; ipaddr.js would read it as the mapped address it is not.
  if (isIP(text) === 0 || /^::\d+\./.test(text)) return null;
  const bare = text.split("%", 1)[0] ?? "";
  return ipaddr.isValid(bare) ? ipaddr.process(bare) : null;
};

const spell = (address: Address): string =>
  address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();

/** Reads `TRUSTED_PROXIES`: addresses and networks, separated by commas. Throws on the first that is neither. */
export const parseNetworks = (text: string): Network[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => {
      const [base = "", bits, ...rest] = part.split("/");
      const address = parseAddress(base);
      const widest = address?.kind() === "ipv6" ? 128 : 32;
      const prefix = bits === undefined ? widest : /^(0|[1-9]\d{0,2})$/.test(bits) ? Number(bits) : Number.NaN;
      if (address === null || rest.length > 0 || !(prefix <= widest)) {
        throw new Error(`"${part}" is neither an address nor a network like 10.0.0.0/8`);
      }
      return [address, prefix];
    });

/** Whether a text is one address, or one network without host bits, in its one canonical spelling. */
export const isCanonicalNetwork = (text: string): boolean => {
  const [base = "", bits] = text.split("/");
  if (canonicalIp(base) !== base || !/^[\da-f.:]+(\/(0|[1-9]\d{0,2}))?$/.test(text)) return false;
  const address = parseAddress(base);
  const bytes = address?.toByteArray() ?? [];
  const prefix = bits === undefined ? bytes.length * 8 : Number(bits);
  return (
    prefix <= bytes.length * 8 &&
    bytes.every((byte, index) => (byte & (0xff >> Math.min(8, Math.max(0, prefix - index * 8)))) === 0)
  );
};

const isTrusted = (address: Address, trustedProxies: readonly Network[]): boolean =>
  trustedProxies.some(([network, bits]) => address.kind() === network.kind() && address.match(network, bits));

/** Whether an address lies in one of the networks; an unknown one does not. */
export const isInNetworks = (ip: string | undefined, networks: readonly Network[]): boolean => {
  const address = parseAddress(ip ?? "");
  return address !== null && isTrusted(address, networks);
};

export type ClientIp = {
  /** Canonical; null only when the socket has no address of its own. */
  ip: string | null;
  /** A trusted proxy sent a forwarded address that cannot be read; `ip` is then the proxy's own. */
  junk: boolean;
};

/**
 * Who called. The socket's address counts, unless it belongs to a trusted proxy: then X-Forwarded-For is read from
 * the right, and the first hop that is not a trusted proxy is the caller. Whatever stands left of it is hearsay;
 * every other forwarding header is ignored.
 */
export const clientIp = (
  socketAddress: string | undefined,
  forwardedFor: string | undefined,
  trustedProxies: readonly Network[],
): ClientIp => {
  const socket = parseAddress(socketAddress ?? "");
  if (socket === null) return { ip: null, junk: false };
  let caller = socket;
  if (forwardedFor !== undefined && isTrusted(socket, trustedProxies)) {
    for (const hop of forwardedFor.split(",").reverse()) {
      const address = parseAddress(hop.trim());
      if (address === null) return { ip: spell(caller), junk: true };
      caller = address;
      if (!isTrusted(address, trustedProxies)) break;
    }
  }
  return { ip: spell(caller), junk: false };
};

/** What a limit counts as one neighbour: the IPv4 address itself, or the /64 of an IPv6 address. */
export const networkOf = (ip: string): string => {
  if (!ip.includes(":")) return ip;
  const address = parseAddress(ip);
  if (!(address instanceof ipaddr.IPv6)) return ip;
  return `${new ipaddr.IPv6([...address.parts.slice(0, 4), 0, 0, 0, 0]).toRFC5952String()}/64`;
};

/** Puts the caller's address into the context as `ip`; refuses nobody. */
export const clientIps = (options: {
  trustedProxies: readonly Network[];
  /** Told when a trusted proxy sends junk. */
  onJunk?: (proxyIp: string | null) => void;
}): Guard => {
  const { trustedProxies, onJunk } = options;
  // The socket of a connection that is kept alive says the same at every request.
  const known = new WeakMap<Socket, ClientIp>();
  return (c) => {
    const socket = c.env?.incoming?.socket;
    if (socket === undefined) return null;
    const forwardedFor = trustedProxies.length === 0 ? undefined : c.req.header("x-forwarded-for");
    let found = forwardedFor === undefined ? known.get(socket) : undefined;
    if (found === undefined) {
      found = clientIp(socket.remoteAddress, forwardedFor, trustedProxies);
      if (forwardedFor === undefined) known.set(socket, found);
    }
    if (found.junk) onJunk?.(found.ip);
    c.set("ip", found.ip ?? undefined);
    return null;
  };
};
