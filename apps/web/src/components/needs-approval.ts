import type { EventCode } from "@countersign/audit/catalogue";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../api.ts";

/** Whether critical acts need a second person in this office yet. */
export const useApprovalsInForce = (): boolean => {
  const trpc = useTRPC();
  const modes = useQuery(trpc.system.settings.queryOptions()).data?.approvals;
  return modes !== undefined && modes.required.length + modes.offered.length > 0;
};

/** Whether an act waits for a second person, or can be asked to; the server has the last word. */
export const useApproval = (event: EventCode | undefined): "required" | "offered" | "none" => {
  const trpc = useTRPC();
  const modes = useQuery(trpc.system.settings.queryOptions()).data?.approvals;
  if (event === undefined || modes === undefined) return "none";
  return modes.required.includes(event) ? "required" : modes.offered.includes(event) ? "offered" : "none";
};
