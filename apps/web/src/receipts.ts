import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { type Api, type Asked, type Done, type Receipt, useTRPC } from "./api.ts";

/** Where a result is shown: the page of a permit or a role, or a list of them. */
export type Place = `permit:${number}` | "permits" | `role:${number}` | "roles" | "users";
type HandedOver = { place: Place; done: Receipt; sentence: string | null };

let handedOver: HandedOver | null = null;

/** Keeps the result of an act for the page that comes next, with what it did when that page does not show it. */
export const handReceipt = (place: Place, done: Receipt, sentence: string | null = null) => {
  handedOver = { place, done, sentence };
};

/** Takes the result that was handed over to this place; the next reader gets nothing. */
export const takeReceipt = (place: Place): HandedOver | null => {
  const taken = handedOver?.place === place ? handedOver : null;
  if (taken) handedOver = null;
  return taken;
};

/** What was read of the log and counted in it, and is not on the screen, is no longer the newest. */
const forgetLog = (queries: QueryClient, { audit }: Api) => {
  for (const read of [audit.list, audit.histogram, audit.facets, audit.whyEmpty])
    queries.removeQueries({ ...read.pathFilter(), type: "inactive" });
};

/** After an act: its answer, unless it waits for a second person, is the permit as it is now; what was read of the log and of the permits table is no longer the newest. */
export const useNoteDone = () => {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return useCallback(
    (done: Done | Asked) => {
      if (done.receipt) forgetLog(queries, trpc);
      if (done.outcome === "pending") return;
      queries.setQueryData(trpc.permits.read.queryKey({ permitId: done.permit.id }), { permit: done.permit });
      queries.removeQueries({ ...trpc.permits.list.pathFilter(), type: "inactive" });
    },
    [queries, trpc],
  );
};

/** After a permit left the register: nothing that was read of it is shown again. */
export const useNoteDeleted = () => {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return useCallback(
    (permitId: number) => {
      queries.removeQueries(trpc.permits.read.queryFilter({ permitId }));
      queries.removeQueries({ ...trpc.permits.list.pathFilter(), type: "inactive" });
      forgetLog(queries, trpc);
    },
    [queries, trpc],
  );
};
