import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../api.ts";
import { useMay } from "../me.ts";
import { texts } from "../texts.ts";
import classes from "./rail.module.css";
import { isWorthAsking, useWhilePresent } from "./while-present.ts";

const everyMs = 30_000;

function Count({ count, words }: { count: number | undefined; words: (count: number) => string }) {
  if (count === undefined || count === 0) return null;
  return (
    <span className={classes.count}>
      <span aria-hidden>{count > 99 ? "99+" : count}</span>
      <span className={classes.countWords}>{words(count)}</span>
    </span>
  );
}

/** How many requests wait for the one who is signed in. */
export function WaitingCount() {
  const trpc = useTRPC();
  const mayDecide = useMay("approvals.decide");
  const query = useQuery({
    ...trpc.approvals.waiting.queryOptions(),
    enabled: mayDecide,
    staleTime: everyMs,
  });
  useWhilePresent(everyMs, mayDecide && isWorthAsking(query), query.refetch);
  return <Count count={query.data?.count} words={texts.nav.waiting} />;
}

/** How many alerts nobody took note of; stands beside a link that only those see who may read them. */
export function OpenAlertsCount() {
  const trpc = useTRPC();
  const query = useQuery({ ...trpc.alerts.open.queryOptions(), staleTime: everyMs });
  useWhilePresent(everyMs, isWorthAsking(query), query.refetch);
  return <Count count={query.data?.count} words={texts.nav.openAlerts} />;
}
