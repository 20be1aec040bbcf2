import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTRPC } from "../../api.ts";
import { Foreign } from "../../components/foreign.tsx";
import { useNow } from "../../components/now.ts";
import { ago } from "../../format.ts";
import { approvalsTexts } from "../approvals/approvals-texts.ts";
import { cardId } from "../approvals/request-card.tsx";
import { timeLeft } from "../approvals/time-left.ts";
import { Card } from "./card.tsx";
import classes from "./overview.module.css";
import { alone } from "./overview-queries.ts";
import { overviewTexts } from "./overview-texts.ts";

const words = overviewTexts.approvals;
const shown = 5;

/** The requests that wait for the one who is signed in, the newest first. */
export function ApprovalsCard() {
  const trpc = useTRPC();
  const nowMs = useNow();
  const options = trpc.approvals.list.queryOptions({ box: "forMe", limit: shown }, { ...alone, staleTime: 10_000 });
  return (
    <Card
      title={words.title}
      hint={words.hint}
      query={useQuery(options)}
      queryKey={options.queryKey}
      actions={<Link to="/approvals">{words.more}</Link>}
    >
      {({ items }) =>
        items.length === 0 ? (
          <p className={classes.none}>{words.none}</p>
        ) : (
          <ul className={classes.eventLines}>
            {items.map((request) => (
              <li key={request.id} className={classes.inboxLine} data-plain>
                <span>
                  <Link to="/approvals" hash={cardId(request.id)}>
                    <Foreign text={`${request.requester.name} ${approvalsTexts.asks} ${request.words}`} />
                  </Link>
                  <span className={classes.inboxFacts}>
                    {approvalsTexts.askedAt(ago(request.createdAt, nowMs))}, {timeLeft(request.expiresAt, nowMs)}
                  </span>
                </span>
              </li>
            ))}
          </ul>
        )
      }
    </Card>
  );
}
