import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../api.ts";
import { firstRange, firstRangeOf, type Range } from "./log-search.ts";

/** The range that the log of this office opens with; null until it is known. When that cannot be read, it opens all the same. */
export const useFirstRange = (): Range | null => {
  const trpc = useTRPC();
  const office = useQuery({ ...trpc.system.settings.queryOptions(), staleTime: 60_000, retry: false });
  if (office.data) return firstRangeOf(office.data.defaultDays);
  // What the log shows asks for the same once more, and must not take the log away by that.
  return office.errorUpdateCount > 0 ? firstRange : null;
};
