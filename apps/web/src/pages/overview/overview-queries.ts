import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../api.ts";

/** Asked for alone, so that no card waits for another, and given up with its card. */
export const alone = { trpc: { context: { isAlone: true }, abortOnUnmount: true } } as const;

/** Everything that the overview reads. Each is recorded as a look at the log, so nothing is read again unasked. */
export const useOverview = () => {
  const trpc = useTRPC();
  const options = {
    days: trpc.overview.days.queryOptions({}, alone),
    kinds: trpc.overview.kinds.queryOptions({}, alone),
    rankings: trpc.overview.rankings.queryOptions({}, alone),
    networks: trpc.overview.networks.queryOptions({}, alone),
    latest: trpc.overview.latest.queryOptions({}, alone),
  };
  return {
    options,
    days: useQuery(options.days),
    kinds: useQuery(options.kinds),
    rankings: useQuery(options.rankings),
    networks: useQuery(options.networks),
    latest: useQuery(options.latest),
  };
};
