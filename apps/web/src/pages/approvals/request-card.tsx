import { Link } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import { Foreign } from "../../components/foreign.tsx";
import { useNow } from "../../components/now.ts";
import { ReasonedButton } from "../../components/reasoned-button.tsx";
import { ChangedFields } from "../../events/changed-fields.tsx";
import { dateTime } from "../../format.ts";
import { useMay } from "../../me.ts";
import { usePreferences } from "../../preferences.ts";
import { useLostAt } from "../../reach.ts";
import { texts } from "../../texts.ts";
import { PeriodPreview } from "../retention/period-preview.tsx";
import classes from "./approvals.module.css";
import { approvalsTexts as words } from "./approvals-texts.ts";
import type { Act } from "./decision-dialogs.tsx";
import { objectPath } from "./object-path.ts";
import { RequestFacts } from "./request-facts.tsx";
import { type ShownRequest, useStanding } from "./requests.ts";

type Props = {
  request: ShownRequest;
  isOwn: boolean;
  isActive: boolean;
  onFocus: () => void;
  onAct: (act: Act) => void;
};

export const cardId = (id: number): string => `request-${id}`;

/** Who wants what and why, what exactly would change, how long it waits, and the two answers to it. */
export function RequestCard({ request, isOwn, isActive, onFocus, onAct }: Props) {
  const { zone } = usePreferences();
  const isLost = useLostAt() !== null;
  const mayReadRequests = useMay("approvals.read");
  const standing = useStanding(request, !isOwn && mayReadRequests);
  const obstacle = standing?.obstacle ?? null;
  const isOpen = request.state === "pending";
  const nowMs = useNow();
  const isOver = isOpen && Date.parse(request.expiresAt) <= nowMs;
  const off = isLost ? texts.failure.offlineReason : isOver ? words.whyOver : null;
  const tried = (request.changes as { value?: { new?: unknown } }).value?.new;
  const titleId = `${cardId(request.id)}-title`;
  return (
    <li>
      <article
        id={cardId(request.id)}
        className={classes.card}
        data-active={isActive || undefined}
        tabIndex={-1}
        aria-labelledby={titleId}
        onFocus={onFocus}
      >
        <header className={classes.head}>
          <h2 id={titleId} className={classes.sentence}>
            <strong>{isOwn ? words.you : <Foreign text={request.requester.name} />}</strong>{" "}
            {isOpen ? (isOwn ? words.ask : words.asks) : words.asked} <Foreign text={request.words} />
          </h2>
          <span className={classes.number}>{words.number(request.id)}</span>
        </header>
        <RequestFacts request={request} zone={zone} />
        <Links request={request} />
        {obstacle ? (
          <div className={classes.banner}>
            <TriangleAlert size={16} aria-hidden />
            <div>
              <strong>{words.stale}</strong> <Foreign text={obstacle.message} /> {words.staleNext}
            </div>
          </div>
        ) : null}
        <blockquote className={classes.reason}>
          <span className={classes.reasonLabel}>{words.reason}</span>
          <Foreign text={request.reason} />
        </blockquote>
        <section className={classes.changes} aria-label={isOpen ? words.changes : words.changed}>
          <h3 className={classes.changesTitle}>{isOpen ? words.changes : words.changed}</h3>
          {Object.keys(request.changes).length === 0 ? (
            <p className={classes.muted}>{words.noFields}</p>
          ) : (
            <div className={classes.scroll}>
              <ChangedFields changes={request.changes} zone={zone} isFirst />
            </div>
          )}
        </section>
        {isOpen && request.object?.type === "system_config" && typeof tried === "number" ? (
          <PeriodPreview settingKey={request.object.id} days={tried} />
        ) : null}
        {request.failure ? (
          <p className={classes.failure}>
            <Foreign text={request.failure} />
          </p>
        ) : null}
        {request.decisions.length > 0 ? (
          <ul className={classes.decisions}>
            {request.decisions.map(({ by, decision, reason, at }) => (
              <li key={by.id}>
                <Foreign text={by.name} /> {words.decided[decision]}, {dateTime(at, zone)}
                {reason ? (
                  <>
                    : <Foreign text={reason} />
                  </>
                ) : null}
              </li>
            ))}
          </ul>
        ) : null}
        {isOwn && isOpen ? <Deciders request={request} /> : null}
        <footer className={classes.foot}>
          <span className={classes.bound} title={words.boundTitle}>
            {words.bound(request.sha256)}
          </span>
          {isOpen && !isOwn ? (
            <>
              <span className={classes.act} data-act="refuse">
                <ReasonedButton variant="default" reason={off} onClick={() => onAct("refuse")}>
                  {words.refuse}
                </ReasonedButton>
              </span>
              <span className={classes.act} data-act="approve">
                <ReasonedButton reason={off ?? (obstacle ? words.whyStale : null)} onClick={() => onAct("approve")}>
                  {words.approve}
                </ReasonedButton>
              </span>
            </>
          ) : null}
          {isOpen && isOwn ? (
            <ReasonedButton variant="default" reason={off} onClick={() => onAct("withdraw")}>
              {words.withdraw}
            </ReasonedButton>
          ) : null}
        </footer>
      </article>
    </li>
  );
}

function Deciders({ request }: { request: ShownRequest }) {
  const people = request.deciders ?? [];
  if (people.length === 0) return <p className={classes.failure}>{words.nobody}</p>;
  return (
    <p className={classes.muted}>
      {words.deciders}{" "}
      {people.map(({ id, name }, index) => (
        <span key={id}>
          {index > 0 ? ", " : null}
          <Foreign text={name} />
        </span>
      ))}
      .
    </p>
  );
}

/** The ways to what it is about, and to the event of what was done. */
function Links({ request }: { request: ShownRequest }) {
  const mayReadLog = useMay("audit.read");
  const path = objectPath(request);
  const event = mayReadLog ? request.outcomeEvent : null;
  if (path === null && event === null) return null;
  return (
    <div className={classes.links}>
      {path === null ? null : (
        <Link {...path} preload={false}>
          <Foreign text={words.open(request.object?.label ?? request.object?.id ?? "")} />
        </Link>
      )}
      {event === null ? null : (
        <Link to="/log" search={{ event }}>
          {words.event}
        </Link>
      )}
    </div>
  );
}
