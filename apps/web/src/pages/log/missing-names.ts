import { useQueries } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTRPC } from "../../api.ts";
import { type LogSearch, lists, notKey, referenceOf } from "./log-search.ts";
import type { SeenNames } from "./seen-names.ts";

/** Names at most that are looked up at once. */
const most = 5;

/** Looks up what the actors and objects of the query are called where no row says it, in the newest event of each. */
export const useMissingNames = (search: LogSearch, names: SeenNames, isReady: boolean): void => {
  const trpc = useTRPC();
  const { nameOf, note } = names;
  const missing = (["actor", "object", "target"] as const)
    .flatMap((key) =>
      [...(search[key] ?? []), ...(search[notKey(key)] ?? [])].map((reference) => ({
        key,
        kind: key === "actor" ? key : ("object" as const),
        reference,
      })),
    )
    .filter(({ kind, reference }) => referenceOf(reference).id !== null && nameOf(kind, reference) === undefined)
    .slice(0, most);
  const found = useQueries({
    queries: (isReady ? missing : []).map(({ key, reference }) =>
      trpc.audit.list.queryOptions({ [lists[key].input]: [reference], limit: 1 }, { retry: false }),
    ),
  });
  const newest = found.map((one) => one.data?.entries[0]);
  useEffect(() => {
    for (const entry of newest) {
      for (const [kind, named] of [
        ["actor", entry?.actor],
        ["object", entry?.object],
        ["object", entry?.target],
      ] as const) {
        if (named?.id && named.label) note(kind, `${named.type}:${named.id}`, named.label);
      }
    }
  });
};
