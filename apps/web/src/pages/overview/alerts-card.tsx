import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type Alert, useTRPC } from "../../api.ts";
import { Foreign } from "../../components/foreign.tsx";
import { SeverityMark } from "../../events/severity-mark.tsx";
import { dateTime, type Zone } from "../../format.ts";
import { MoveButton, MoveDialog } from "../alerts/alert-card.tsx";
import type { Show } from "../alerts/alerts-page.tsx";
import { alertsTexts } from "../alerts/alerts-texts.ts";
import { Card } from "./card.tsx";
import classes from "./overview.module.css";
import { alone } from "./overview-queries.ts";
import { overviewTexts } from "./overview-texts.ts";

const words = overviewTexts.alerts;
const alertWords = alertsTexts.alert;
const shown = 5;

/** What the rules found and nobody took note of yet, the newest first, with the way to do so. */
export function AlertsCard({ zone, show }: { zone: Zone; show: Show }) {
  const trpc = useTRPC();
  const options = trpc.alerts.list.queryOptions({ states: ["open"], limit: shown }, { ...alone, staleTime: 10_000 });
  const query = useQuery(options);
  const [noted, setNoted] = useState<Alert | null>(null);
  return (
    <Card
      title={words.title}
      hint={words.hint}
      query={query}
      queryKey={options.queryKey}
      actions={<Link to="/alerts">{words.more}</Link>}
    >
      {({ items }) => (
        <>
          {items.length === 0 ? <p className={classes.none}>{words.none}</p> : null}
          <ul className={classes.eventLines}>
            {items.map((alert) => (
              <li key={alert.id} className={classes.inboxLine}>
                <SeverityMark severity={alert.severity} bare />
                <span>
                  <Link to="/alerts" search={{ alert: alert.id }}>
                    <Foreign text={alert.headline} />
                  </Link>
                  <span className={classes.inboxFacts}>
                    {alert.count === 0 ? null : `${alertWords.events(alert.count)}, `}
                    <time dateTime={alert.lastAt}>{dateTime(alert.lastAt, zone)}</time>
                  </span>
                </span>
                <MoveButton alert={alert} move="acknowledged" onClick={() => setNoted(alert)} />
              </li>
            ))}
          </ul>
          {noted ? <MoveDialog alert={noted} move="acknowledged" onClose={() => setNoted(null)} show={show} /> : null}
        </>
      )}
    </Card>
  );
}
