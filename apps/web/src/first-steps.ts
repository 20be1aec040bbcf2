import { useQuery } from "@tanstack/react-query";
import type { inferOutput } from "@trpc/tanstack-react-query";
import { type Api, useTRPC } from "./api.ts";
import { useMay } from "./me.ts";

export type FirstSteps = inferOutput<Api["welcome"]["state"]>;

const pollMs = 1_000;

/** What the office still has before it, for administrators; read on while it is being filled. */
export const useFirstSteps = () => {
  const trpc = useTRPC();
  const isAdministrator = useMay("system.config");
  return useQuery({
    ...trpc.welcome.state.queryOptions(),
    enabled: isAdministrator,
    refetchInterval: ({ state }) => (state.data?.demo?.kind === "filling" ? pollMs : false),
  });
};

/** Whether nothing is left to do; what is not known leaves nothing to do either. */
export const areDone = (steps: FirstSteps | undefined): boolean =>
  steps === undefined || (steps.officeNamed && steps.secondPerson === "able");
