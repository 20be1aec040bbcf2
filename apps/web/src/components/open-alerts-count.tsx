import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../api.ts";
import { texts } from "../texts.ts";
import classes from "./rail.module.css";
import { useWhilePresent } from "./while-present.ts";

const everyMs = 30_000;

/** How many alerts nobody took note of; stands beside a link that only those see who may read them. */
export function OpenAlertsCount() {
  const trpc = useTRPC();
  const { data, refetch } = useQuery({ ...trpc.alerts.open.queryOptions(), staleTime: everyMs });
  useWhilePresent(everyMs, true, refetch);
  if (!data || data.count === 0) return null;
  return (
    <span className={classes.count}>
      <span aria-hidden>{data.count > 99 ? "99+" : data.count}</span>
      <span className={classes.countWords}>{texts.nav.openAlerts(data.count)}</span>
    </span>
  );
}
