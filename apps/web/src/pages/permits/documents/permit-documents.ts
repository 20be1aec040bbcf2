import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useTRPC } from "../../../api.ts";

const input = (permitId: number) => ({ permitId, limit: 20 });

/** The documents of a permit, newest first. */
export const useDocuments = (permitId: number, mayRead: boolean) => {
  const trpc = useTRPC();
  return useInfiniteQuery(
    trpc.documents.list.infiniteQueryOptions(input(permitId), {
      getNextPageParam: (page) => page.nextCursor ?? undefined,
      staleTime: 10_000,
      enabled: mayRead,
    }),
  );
};

/** After an act on a document: the lists are read again; what was read of the log is no longer the newest. */
export const useNoteDocuments = () => {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return useCallback(async () => {
    queries.removeQueries({ ...trpc.audit.list.pathFilter(), type: "inactive" });
    await queries.invalidateQueries(trpc.documents.pathFilter());
  }, [queries, trpc]);
};
