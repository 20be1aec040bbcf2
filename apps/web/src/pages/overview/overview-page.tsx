import { categories, severities } from "@countersign/audit/catalogue";
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { RefreshCw } from "lucide-react";
import { useState } from "react";
import { type Receipt, useTRPC } from "../../api.ts";
import { Foreign } from "../../components/foreign.tsx";
import { Page } from "../../components/page.tsx";
import { usePageKeys } from "../../components/page-keys.ts";
import { ReceiptNote } from "../../components/receipt-note.tsx";
import { SeverityMark } from "../../events/severity-mark.tsx";
import { StatusMark } from "../../events/status-mark.tsx";
import { ago, clockTime, dateTime } from "../../format.ts";
import { useMay } from "../../me.ts";
import { usePreferences } from "../../preferences.ts";
import { useReadAnew } from "../alerts/use-alerts.ts";
import type { LogSearch } from "../log/log-search.ts";
import { AlertsCard } from "./alerts-card.tsx";
import { ApprovalsCard } from "./approvals-card.tsx";
import { BarList } from "./bar-list.tsx";
import { Card } from "./card.tsx";
import { DayChart } from "./day-chart.tsx";
import { searchOfDays, weekBySeverity, weekStart } from "./day-figures.ts";
import { EventLines } from "./event-lines.tsx";
import { FigureCards } from "./figure-cards.tsx";
import classes from "./overview.module.css";
import { useOverview } from "./overview-queries.ts";
import { overviewTexts as words } from "./overview-texts.ts";
import { RankingCard } from "./ranking-card.tsx";
import { SystemLamps } from "./system-lamps.tsx";
import { ToDoCard } from "./to-do-card.tsx";

const criticalSearch = (since: string | undefined): LogSearch => ({
  severity: ["critical"],
  ...(since ? { from: since } : { range: "30d" as const }),
});
/** The same days as were counted. */
const ofDays = (search: object, first: string, last: string) =>
  ({ ...search, ...searchOfDays(first, last) }) as LogSearch;

/** The log at a glance. */
export function OverviewPage() {
  const { options, days, kinds, rankings, networks, latest } = useOverview();
  const { zone } = usePreferences();
  const trpc = useTRPC();
  const queries = useQueryClient();
  const all = [days, kinds, rankings, networks, latest];
  const mayReadAlerts = useMay("alerts.read");
  const mayReadApprovals = useMay("approvals.read");
  const mayDecide = useMay("approvals.decide") && mayReadApprovals;
  const readAlertsAnew = useReadAnew();
  const [done, setDone] = useState<Receipt | null>(null);
  const show = (receipt: Receipt) => {
    setDone(receipt);
    readAlertsAnew();
  };
  const isReading = all.some(({ isFetching }) => isFetching);
  const readAt = Math.max(...all.map(({ dataUpdatedAt }) => dataUpdatedAt));
  const readAgain = () => {
    if (isReading) return;
    for (const { refetch } of all) void refetch();
    for (const path of [trpc.alerts, trpc.approvals, trpc.retention]) {
      void queries.invalidateQueries(path.pathFilter());
    }
    void queries.invalidateQueries(trpc.system.status.queryFilter());
    void queries.invalidateQueries(trpc.integrity.status.queryFilter());
  };
  usePageKeys({ r: readAgain });
  return (
    <Page
      title={words.title}
      actions={
        <>
          {readAt > 0 ? (
            <span className={classes.readAt}>{words.readAt(clockTime(new Date(readAt).toISOString(), zone))}</span>
          ) : null}
          <Button
            variant="default"
            leftSection={<RefreshCw size={14} aria-hidden />}
            aria-disabled={isReading}
            onClick={readAgain}
          >
            {isReading ? words.refreshing : words.refresh}
          </Button>
        </>
      }
    >
      <div className={classes.stack}>
        {done ? <ReceiptNote done={done} onDismiss={() => setDone(null)} /> : null}
        <ToDoCard />
        <FigureCards query={days} />
        <SystemLamps />
        {mayReadAlerts || mayDecide ? (
          <div className={mayReadAlerts && mayDecide ? classes.halves : classes.stack}>
            {mayReadAlerts ? <AlertsCard zone={zone} show={show} /> : null}
            {mayDecide ? <ApprovalsCard /> : null}
          </div>
        ) : null}
        <DayChart query={days} queryKey={options.days.queryKey} />
        <div className={classes.halves}>
          <Card
            title={words.criticals.title}
            hint={words.criticals.hint}
            query={latest}
            queryKey={options.latest.queryKey}
            actions={
              <Link to="/log" search={criticalSearch(latest.data?.since)}>
                {words.criticals.more}
              </Link>
            }
          >
            {({ criticals, since }) => (
              <EventLines entries={criticals} none={words.criticals.none} zone={zone} search={criticalSearch(since)} />
            )}
          </Card>
          <Card
            title={words.newest.title}
            hint={words.newest.hint}
            query={latest}
            queryKey={options.latest.queryKey}
            rows={8}
            actions={<Link to="/log">{words.newest.more}</Link>}
          >
            {({ acts }) => <EventLines entries={acts} none={words.newest.none} zone={zone} search={{}} />}
          </Card>
        </div>
        <div className={classes.thirds}>
          <Card
            title={words.categories.title}
            hint={words.categories.hint}
            query={kinds}
            queryKey={options.kinds.queryKey}
          >
            {(found) => (
              <BarList
                none={words.categories.none}
                items={found.categories.map(({ category, events }) => ({
                  key: category,
                  name: categories[category as keyof typeof categories].title,
                  events,
                  search: ofDays({ category: [category] }, found.from, found.to),
                }))}
              />
            )}
          </Card>
          <Card
            title={words.severities.title}
            hint={words.severities.hint}
            query={days}
            queryKey={options.days.queryKey}
          >
            {(found) => {
              const week = weekBySeverity(found);
              return (
                <BarList
                  none={words.severities.none}
                  items={[...severities]
                    .reverse()
                    .filter((severity) => week[severity])
                    .map((severity) => ({
                      key: severity,
                      name: <SeverityMark severity={severity} />,
                      events: week[severity] ?? 0,
                      search: ofDays({ severity: [severity] }, weekStart(found), found.to),
                    }))}
                />
              );
            }}
          </Card>
          <Card title={words.failures.title} hint={words.failures.hint} query={kinds} queryKey={options.kinds.queryKey}>
            {(found) => (
              <BarList
                none={words.failures.none}
                items={found.failures.map(({ code, name, status, events }) => ({
                  key: `${code} ${status}`,
                  name,
                  detail: <StatusMark status={status} />,
                  events,
                  search: ofDays({ code: [code], status: [status] }, found.from, found.to),
                }))}
              />
            )}
          </Card>
        </div>
        <div className={classes.thirds}>
          <RankingCard kind="actor" query={rankings} queryKey={options.rankings.queryKey} zone={zone} />
          <RankingCard kind="object" query={rankings} queryKey={options.rankings.queryKey} zone={zone} />
          <Card
            title={words.networks.title}
            hint={words.networks.hint}
            query={networks}
            queryKey={options.networks.queryKey}
          >
            {(found) => (
              <BarList
                none={words.networks.none}
                items={found.networks.map(({ network, events, last }) => ({
                  key: network,
                  name: <Foreign text={network} />,
                  detail: (
                    <time dateTime={last} title={dateTime(last, zone)}>
                      {words.networks.last(ago(last, Date.now()))}
                    </time>
                  ),
                  events,
                  search: {
                    code: ["user_login"],
                    status: ["failed", "denied"],
                    network: [network],
                    from: found.since,
                  },
                }))}
              />
            )}
          </Card>
        </div>
      </div>
    </Page>
  );
}
