import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { type Done, useTRPC } from "./api.ts";

let handedOver: Done | null = null;

/** Keeps the result of an act for the page that comes next. */
export const handReceipt = (done: Done) => {
  handedOver = done;
};

/** Takes the result that was handed over, if it is of this permit; the next reader gets nothing. */
export const takeReceipt = (permitId: number): Done | null => {
  const done = handedOver?.permit.id === permitId ? handedOver : null;
  if (done) handedOver = null;
  return done;
};

/** After an act: its answer is the permit as it is now; what was read of the log and of the permits table is no longer the newest. */
export const useNoteDone = () => {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return useCallback(
    (done: Done) => {
      queries.setQueryData(trpc.permits.read.queryKey({ permitId: done.permit.id }), { permit: done.permit });
      queries.removeQueries({ ...trpc.permits.list.pathFilter(), type: "inactive" });
      if (done.receipt) queries.removeQueries({ ...trpc.audit.list.pathFilter(), type: "inactive" });
    },
    [queries, trpc],
  );
};
