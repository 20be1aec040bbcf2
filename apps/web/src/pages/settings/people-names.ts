import { useQueries } from "@tanstack/react-query";
import { useTRPC } from "../../api.ts";
import { useMay } from "../../me.ts";
import type { Setting } from "./setting-areas.ts";
import { settingsTexts } from "./settings-texts.ts";

const idsIn = (value: unknown): number[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "number") : [];

/** Names people by their ids; those that are not known, or may not be, by the number alone. */
export const useNames = (settings: readonly Setting[], entries: readonly unknown[]): ((id: number) => string) => {
  const trpc = useTRPC();
  const mayRead = useMay("users.read");
  const ids = [...new Set([...settings.map(({ value }) => value), ...entries].flatMap(idsIn))].slice(0, 200);
  const reads = useQueries({
    queries: ids.map((userId) => ({
      ...trpc.users.get.queryOptions({ userId }),
      staleTime: 60_000,
      enabled: mayRead,
      retry: false,
    })),
  });
  const names = new Map(reads.flatMap(({ data }) => (data ? [[data.user.id, data.user.name] as const] : [])));
  return (id) => names.get(id) ?? settingsTexts.values.user(id);
};
