import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../api.ts";
import { markedText } from "../../marks.ts";
import { useMay } from "../../me.ts";
import { catalogueTexts } from "./catalogue-texts.ts";

/** The names of the roles that hold each feature; undefined when one may not see roles, or not yet. */
export const useHolders = (): ReadonlyMap<string, readonly string[]> | undefined => {
  const trpc = useTRPC();
  const mayRead = useMay("roles.read");
  const read = useQuery({ ...trpc.roles.list.queryOptions({ limit: 200 }), staleTime: 60_000, enabled: mayRead });
  if (read.data === undefined) return undefined;
  const holders = new Map<string, string[]>();
  for (const role of read.data.items) {
    for (const feature of role.features) holders.set(feature, [...(holders.get(feature) ?? []), role.name]);
  }
  return holders;
};

type Props = { feature: string | null; holders: ReturnType<typeof useHolders>; most?: number };

/** Who may do what leaves this event: the roles that hold the right, or the right where roles are not seen. */
export function WhoMay({ feature, holders, most = 3 }: Props) {
  if (feature === null) return catalogueTexts.noRight;
  if (holders === undefined) return <code>{feature}</code>;
  const names = holders.get(feature) ?? [];
  if (names.length === 0) return catalogueTexts.nobody(feature);
  const shown = names.slice(0, most).map(markedText).join(", ");
  return <span title={markedText(names.join(", "))}>{catalogueTexts.holders(shown, names.length - most)}</span>;
}
