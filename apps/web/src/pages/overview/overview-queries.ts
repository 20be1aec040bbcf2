import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../api.ts";

/** Asked for alone, so that no card waits for another, and given up with its card. */
export const alone = { trpc: { context: { isAlone: true }, abortOnUnmount: true } } as const;

const actCategories = ["permit", "document", "user", "role", "system", "report"] as const;

/** Everything that the overview reads. Each is recorded as a look at the log, so nothing is read again unasked. */
export const useOverview = () => {
  const trpc = useTRPC();
  const options = {
    days: trpc.overview.days.queryOptions({}, alone),
    kinds: trpc.overview.kinds.queryOptions({}, alone),
    rankings: trpc.overview.rankings.queryOptions({}, alone),
    networks: trpc.overview.networks.queryOptions({}, alone),
    criticals: trpc.audit.list.queryOptions({ severities: ["critical"], days: 28, limit: 5 }, alone),
    newest: trpc.audit.list.queryOptions({ categories: [...actCategories], days: 28, limit: 8 }, alone),
  };
  return {
    options,
    days: useQuery(options.days),
    kinds: useQuery(options.kinds),
    rankings: useQuery(options.rankings),
    networks: useQuery(options.networks),
    criticals: useQuery(options.criticals),
    newest: useQuery(options.newest),
  };
};
