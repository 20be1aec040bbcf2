import { useMutation, useQuery } from "@tanstack/react-query";
import type { inferOutput } from "@trpc/tanstack-react-query";
import { useState } from "react";
import { type Api, type Receipt, type User, useTRPC } from "../../api.ts";
import { ActDialog } from "../../components/act-dialog.tsx";
import { AfterDelay } from "../../components/after-delay.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { givenReason } from "../../components/given-reason.ts";
import { ReasonedButton } from "../../components/reasoned-button.tsx";
import { dateTime } from "../../format.ts";
import { useMay } from "../../me.ts";
import { usePreferences } from "../../preferences.ts";
import { useLostAt } from "../../reach.ts";
import { texts } from "../../texts.ts";
import { deviceWords } from "../log/device-words.ts";
import classes from "./user.module.css";
import { usersTexts } from "./users-texts.ts";

const words = usersTexts.sessions;

type Session = inferOutput<Api["users"]["sessions"]>["items"][number];
type Props = { user: User; onDone: (receipt: Receipt, sentence: string) => void };

const deviceOf = ({ userAgent }: Session): string =>
  userAgent === null ? words.unknownDevice : (deviceWords(userAgent) ?? userAgent.slice(0, 80));

/** Where a user is signed in, with the way to end one session or all. */
export function SessionsPanel({ user, onDone }: Props) {
  const mayEnd = useMay("users.sessions");
  return (
    <section className={classes.panel} aria-labelledby="sessions">
      {mayEnd ? (
        <Sessions user={user} onDone={onDone} />
      ) : (
        <>
          <h2 id="sessions" className={classes.section}>
            {words.title}
          </h2>
          <p className={classes.muted}>{texts.notPermitted.text("users.sessions")}</p>
        </>
      )}
    </section>
  );
}

function Sessions({ user, onDone }: Props) {
  const trpc = useTRPC();
  const { zone } = usePreferences();
  const isLost = useLostAt() !== null;
  const [ending, setEnding] = useState<Session | "all" | null>(null);
  const query = useQuery({ ...trpc.users.sessions.queryOptions({ userId: user.id }), staleTime: 10_000 });
  const sessions = query.data?.items ?? [];
  const whyNot = isLost ? texts.failure.offlineReason : null;
  return (
    <>
      <div className={classes.panelHead}>
        <h2 id="sessions" className={classes.section}>
          {words.title}
        </h2>
        {sessions.length > 0 ? (
          <ReasonedButton variant="default" size="xs" reason={whyNot} onClick={() => setEnding("all")}>
            {words.endAll}
          </ReasonedButton>
        ) : null}
      </div>
      {query.isError ? <FailureNote error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? (
        <AfterDelay ms={150}>
          <p className={classes.muted}>{words.loading}</p>
        </AfterDelay>
      ) : null}
      {query.isSuccess && sessions.length === 0 ? <p className={classes.muted}>{words.none}</p> : null}
      <ul className={classes.lines}>
        {sessions.map((session) => (
          <li key={session.id} className={classes.line}>
            <div className={classes.lineText}>
              <Foreign text={deviceOf(session)} />
              {session.isThisOne ? <span className={classes.flag}>{words.thisOne}</span> : null}
              <div className={classes.muted}>
                {session.ip ? `${session.ip} · ` : ""}
                {words.since(dateTime(session.createdAt, zone))} · {words.lastUsed(dateTime(session.lastSeenAt, zone))}
              </div>
            </div>
            <ReasonedButton
              variant="default"
              size="xs"
              reason={whyNot}
              aria-label={words.endOf(deviceOf(session), dateTime(session.createdAt, zone))}
              onClick={() => setEnding(session)}
            >
              {words.end}
            </ReasonedButton>
          </li>
        ))}
      </ul>
      {ending ? (
        <EndDialog
          user={user}
          ending={ending}
          onClose={() => setEnding(null)}
          onDone={(receipt, sentence) => {
            setEnding(null);
            onDone(receipt, sentence);
          }}
        />
      ) : null}
    </>
  );
}

function EndDialog({ user, ending, onClose, onDone }: Props & { ending: Session | "all"; onClose: () => void }) {
  const trpc = useTRPC();
  const end = useMutation(
    trpc.users.endSessions.mutationOptions({ onSuccess: (done) => onDone(done, words.ended(done.sessionsEnded)) }),
  );
  const isAll = ending === "all";
  return (
    <ActDialog
      title={isAll ? words.endAllTitle(user.name) : words.endTitle(user.name)}
      effect={isAll ? words.endAllEffect(user.name) : words.endEffect(deviceOf(ending))}
      verb={isAll ? words.endAll : words.end}
      error={end.error}
      isWorking={end.isPending}
      onClose={onClose}
      onAct={(reason) =>
        end.mutate({
          userId: user.id,
          ...(!isAll && { sessionId: ending.id }),
          ...givenReason(reason),
        })
      }
    />
  );
}
