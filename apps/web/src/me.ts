import type { Feature } from "@countersign/audit/catalogue";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
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

/** The way out: nothing that was read stays behind. */
export const useSignOut = (): (() => void) => {
  const trpc = useTRPC();
  const router = useRouter();
  const queries = useQueryClient();
  const signOut = useMutation(
    trpc.auth.signOut.mutationOptions({
      onSuccess: async () => {
        await router.navigate({ to: "/sign-in" });
        queries.clear();
      },
    }),
  );
  return () => signOut.mutate();
};
