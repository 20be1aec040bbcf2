import type { AlertEvent, Group, Grouping } from "./rule.ts";

/** One neighbour: an IPv4 address, or the first four groups of an IPv6 address. */
const networkOf = (ip: string): string => {
  if (!ip.includes(":")) return ip;
  const [head = "", tail] = ip.split("::");
  const first = head === "" ? [] : head.split(":");
  const last = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros =
    tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => "0");
  return `${[...first, ...zeros, ...last].slice(0, 4).join(":")}::/64`;
};

export const groupOf: Record<Grouping, (event: AlertEvent) => Omit<Group, "by"> | null> = {
  actor: ({ actor }) =>
    actor.id === null
      ? null
      : { value: `${actor.type}:${actor.id}`, label: actor.label ?? `${actor.type} ${actor.id}` },
  object: ({ object }) =>
    object === null
      ? null
      : { value: `${object.type}:${object.id}`, label: object.label ?? `${object.type} ${object.id}` },
  network: ({ ip }) => (ip === null ? null : { value: networkOf(ip), label: networkOf(ip) }),
  event: ({ code }) => ({ value: code, label: code }),
};
/** The one group of a rule that does not tell its events apart. */
export const whole: Group = { by: null, value: "", label: "" };

/** The groups in which an event counts. */
export const groupsOf = (event: AlertEvent, groupBy: readonly Grouping[]): Group[] =>
  groupBy.length === 0
    ? [whole]
    : groupBy.flatMap((by) => {
        const group = groupOf[by](event);
        return group === null ? [] : [{ by, ...group }];
      });
