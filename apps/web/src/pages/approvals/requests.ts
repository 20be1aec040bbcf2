import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import type { inferOutput } from "@trpc/tanstack-react-query";
import { type Api, useTRPC } from "../../api.ts";
import type { Box } from "./approvals-search.ts";

export type ApprovalRequest = inferOutput<Api["approvals"]["list"]>["items"][number];
/** One's own also says who can decide it. */
export type ShownRequest = ApprovalRequest & { deciders?: readonly { id: number; name: string }[] };

const pageSize = 20;

/** The requests of a box, newest first. */
export const useRequests = (box: Box) => {
  const trpc = useTRPC();
  const paging = {
    getNextPageParam: (page: { nextCursor: string | null }) => page.nextCursor ?? undefined,
    staleTime: 10_000,
  };
  const mine = useInfiniteQuery({
    ...trpc.approvals.mine.infiniteQueryOptions({ limit: pageSize }, paging),
    enabled: box === "mine",
  });
  const others = useInfiniteQuery({
    ...trpc.approvals.list.infiniteQueryOptions(
      { box: box === "closed" ? "closed" : "forMe", limit: pageSize },
      paging,
    ),
    enabled: box !== "mine",
  });
  const query = box === "mine" ? mine : others;
  const items: ShownRequest[] =
    box === "mine"
      ? (mine.data?.pages.flatMap((page) => page.items) ?? [])
      : (others.data?.pages.flatMap((page) => page.items) ?? []);
  return { query, items };
};

/** Whether a request that waits could still be done, and who can decide it; asked for anew whenever it is shown. */
export const useStanding = (request: ApprovalRequest, isAsked: boolean) => {
  const trpc = useTRPC();
  return useQuery({
    ...trpc.approvals.get.queryOptions({ requestId: request.id }),
    enabled: isAsked && request.state === "pending",
    staleTime: 10_000,
  }).data;
};

/** After a decision: what was read of requests, of the objects and of the log is no longer the newest. */
export const useNoteDecided = () => {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return async () => {
    for (const path of [
      trpc.audit,
      trpc.permits,
      trpc.users,
      trpc.roles,
      trpc.documents,
      trpc.settings,
      trpc.eventTypes,
    ]) {
      queries.removeQueries({ ...path.pathFilter(), type: "inactive" });
    }
    await Promise.all([
      queries.invalidateQueries(trpc.approvals.pathFilter()),
      queries.invalidateQueries(trpc.system.settings.queryFilter()),
    ]);
  };
};
