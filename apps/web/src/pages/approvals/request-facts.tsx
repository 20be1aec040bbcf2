import { Clock, Hourglass } from "lucide-react";
import { useNow } from "../../components/now.ts";
import { ago, dateTime, type Zone } from "../../format.ts";
import classes from "./approvals.module.css";
import { approvalsTexts as words } from "./approvals-texts.ts";
import type { ShownRequest } from "./requests.ts";
import { isUrgent, timeLeft } from "./time-left.ts";

/** When it was asked, how it stands, and how long it still waits. */
export function RequestFacts({ request, zone }: { request: ShownRequest; zone: Zone }) {
  const approved = request.decisions.filter(({ decision }) => decision === "approved").length;
  return (
    <div className={classes.facts}>
      <span className={classes.state} data-state={request.state}>
        {words.states[request.state]}
      </span>
      <AskedAt request={request} zone={zone} />
      {request.closedAt ? <span>{words.closedAt(dateTime(request.closedAt, zone))}</span> : null}
      {request.state === "pending" ? <Left request={request} zone={zone} /> : null}
      {request.quorum > 1 ? <span>{words.quorum(approved, request.quorum)}</span> : null}
    </div>
  );
}

function AskedAt({ request, zone }: { request: ShownRequest; zone: Zone }) {
  const nowMs = useNow();
  return (
    <time dateTime={request.createdAt} title={dateTime(request.createdAt, zone)}>
      {words.askedAt(ago(request.createdAt, nowMs))}
    </time>
  );
}

function Left({ request, zone }: { request: ShownRequest; zone: Zone }) {
  const nowMs = useNow();
  const urgent = isUrgent(request.expiresAt, nowMs);
  const Icon = urgent ? Hourglass : Clock;
  return (
    <span className={classes.left} data-urgent={urgent || undefined} title={dateTime(request.expiresAt, zone)}>
      <Icon size={14} aria-hidden /> {timeLeft(request.expiresAt, nowMs)}
    </span>
  );
}
