import { useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "../../api.ts";
import { useMay } from "../../me.ts";

/** The reference to a permit, or why there is none: no permit ever had the number, or it could not be looked up. */
export type FoundPermit = { reference: string } | { reference: null; why: "unknown" | "failed" };

/** Finds the permit behind a number, in the log where the register has none: it may be deleted, or not for this reader. */
export const usePermitFinder = () => {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const mayLook = useMay("permits.read");
  return async (number: string): Promise<FoundPermit> => {
    try {
      const registered = mayLook
        ? (await queries.fetchQuery(trpc.permits.list.queryOptions({ search: number, limit: 5 }))).items
        : [];
      const permit = registered.find((one) => one.permitNumber === number);
      if (permit) return { reference: `permit:${permit.id}` };
      const codes = mayLook ? (["permit_delete"] as const) : (["permit_create", "permit_delete"] as const);
      const told = await queries.fetchQuery(
        trpc.audit.facets.queryOptions({
          codes: [...codes],
          objects: ["permit"],
          fields: ["object"],
          find: number,
          most: 5,
        }),
      );
      const named = told.facets[0]?.values.find(({ label }) => label === number);
      return named ? { reference: named.value } : { reference: null, why: "unknown" };
    } catch {
      return { reference: null, why: "failed" };
    }
  };
};
