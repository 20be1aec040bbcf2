import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { failureOf, useTRPC } from "../../api.ts";
import { FailureNote } from "../../components/failure-note.tsx";
import { QueryWait } from "../../components/query-body.tsx";
import { Timeline } from "../../events/timeline.tsx";
import { usePreferences } from "../../preferences.ts";
import { texts } from "../../texts.ts";
import { activityTexts as words } from "./activity-texts.ts";
import classes from "./user.module.css";

/** As far back as anything is kept. */
const days = 3660;

type Props = { userId: number; show: "did" | "received" };

/** What a user did, or what others did to them, newest first. */
export function ActivityList({ userId, show }: Props) {
  const trpc = useTRPC();
  const { zone } = usePreferences();
  const paging = {
    getNextPageParam: (page: { nextCursor: string | null }) => page.nextCursor ?? undefined,
    staleTime: 10_000,
  };
  const did = useInfiniteQuery(
    trpc.audit.userActivity.infiniteQueryOptions(
      { userId, days, limit: 50 },
      { ...paging, enabled: show === "did", retry: false },
    ),
  );
  const received = useInfiniteQuery(
    trpc.audit.doneToUser.infiniteQueryOptions({ userId, limit: 50 }, { ...paging, enabled: show === "received" }),
  );
  const query = show === "did" ? did : received;
  const entries = query.data?.pages.flatMap((page) => page.entries) ?? [];
  // Who never acted and has no account is nobody to the log.
  const isNobody = query.isError && failureOf(query.error).reason === "not_found";
  if (isNobody) return <p className={classes.muted}>{words.none[show]}</p>;
  if (query.isError && entries.length === 0) {
    return <FailureNote error={query.error} holds={texts.failure.holds} onRetry={() => void query.refetch()} />;
  }
  if (query.isPending) {
    const { userActivity, doneToUser } = trpc.audit;
    const queryKey = (show === "did" ? userActivity : doneToUser).pathKey();
    return <QueryWait title={words.views[show]} query={query} queryKey={queryKey} rows={8} />;
  }
  if (entries.length === 0) return <p className={classes.muted}>{words.none[show]}</p>;
  return (
    <>
      <Timeline entries={entries} zone={zone} />
      {query.isError ? <FailureNote error={query.error} onRetry={() => void query.fetchNextPage()} /> : null}
      <div className={classes.panelHead}>
        {query.hasNextPage ? (
          <Button variant="default" size="xs" onClick={() => void query.fetchNextPage()}>
            {query.isFetchingNextPage ? words.reading : words.more}
          </Button>
        ) : null}
        <Link
          to="/log"
          search={
            show === "did" ? { actor: `user:${userId}`, range: "all" } : { object: `user:${userId}`, range: "all" }
          }
        >
          {words.inLog}
        </Link>
      </div>
    </>
  );
}
