import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTRPC } from "../../api.ts";
import { useMay, useMe } from "../../me.ts";

/** Every role, when one may see them, and what of each one lacks oneself, so that one cannot give it. */
export const useAllRoles = () => {
  const trpc = useTRPC();
  const me = useMe();
  const mayRead = useMay("roles.read");
  const query = useInfiniteQuery(
    trpc.roles.list.infiniteQueryOptions(
      { limit: 200 },
      { getNextPageParam: (page) => page.nextCursor ?? undefined, staleTime: 60_000, enabled: mayRead },
    ),
  );
  const { hasNextPage, isFetching, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  const roles = (query.data?.pages.flatMap((page) => page.items) ?? []).map((role) => ({
    id: role.id,
    name: role.name,
    description: role.description,
    lacking: role.features.find((feature) => !me?.features.includes(feature)) ?? null,
  }));
  return { roles, error: query.error, retry: () => void query.refetch() };
};
