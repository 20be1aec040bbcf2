import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useTRPC } from "../../api.ts";

/** After an act on a user: what is shown of users is read again; what was read of roles and of the log is no longer the newest. */
export const useNoteUsers = () => {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return useCallback(async () => {
    queries.removeQueries({ ...trpc.audit.pathFilter(), type: "inactive" });
    queries.removeQueries({ ...trpc.roles.pathFilter(), type: "inactive" });
    queries.removeQueries({ ...trpc.users.pathFilter(), type: "inactive" });
    await queries.invalidateQueries(trpc.users.pathFilter());
  }, [queries, trpc]);
};
