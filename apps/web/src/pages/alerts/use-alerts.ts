import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "../../api.ts";
import { useMay } from "../../me.ts";
import { useLostAt } from "../../reach.ts";
import { texts } from "../../texts.ts";

export const useRules = () => {
  const trpc = useTRPC();
  return useQuery({ ...trpc.alerts.rules.queryOptions(), staleTime: 10_000 });
};

export const useChannels = () => {
  const trpc = useTRPC();
  return useQuery({ ...trpc.alerts.channels.queryOptions(), staleTime: 10_000 });
};

/** After an act: nothing that was read of alerts or of the log is the newest any more. */
export const useReadAnew = (): (() => void) => {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return () => {
    queries.removeQueries({ ...trpc.audit.pathFilter(), type: "inactive" });
    void queries.invalidateQueries(trpc.alerts.pathFilter());
  };
};

/** Why nothing can be changed here; null when it can. */
export const useWhyNot = (): string | null => {
  const mayManage = useMay("alerts.manage");
  const isLost = useLostAt() !== null;
  return isLost ? texts.failure.offlineReason : mayManage ? null : texts.notPermitted.needs("alerts.manage");
};
