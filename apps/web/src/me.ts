import type { Feature } from "@countersign/audit/catalogue";
import { useQuery } from "@tanstack/react-query";
import { type Me, useTRPC } from "./api.ts";

/** Who is signed in; undefined until that is known. */
export const useMe = (): Me | undefined => {
  const trpc = useTRPC();
  return useQuery(trpc.auth.me.queryOptions()).data?.user;
};

/** Whether the one who is signed in holds a right. */
export const useMay = (feature: Feature): boolean => {
  const me = useMe();
  return me?.features.includes(feature) ?? false;
};
