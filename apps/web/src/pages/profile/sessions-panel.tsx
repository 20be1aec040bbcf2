import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { inferOutput } from "@trpc/tanstack-react-query";
import { Laptop } from "lucide-react";
import { useState } from "react";
import { type Api, type Receipt, useTRPC } from "../../api.ts";
import { AfterDelay } from "../../components/after-delay.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { ReasonedButton } from "../../components/reasoned-button.tsx";
import { ReceiptNote } from "../../components/receipt-note.tsx";
import states from "../../components/states.module.css";
import { ago, dateTime } from "../../format.ts";
import { markedText } from "../../marks.ts";
import { useSignOut } from "../../me.ts";
import { usePreferences } from "../../preferences.ts";
import { useLostAt } from "../../reach.ts";
import { texts } from "../../texts.ts";
import { deviceWords } from "../log/device-words.ts";
import classes from "./profile.module.css";
import { profileTexts } from "./profile-texts.ts";

const words = profileTexts.sessions;

type Session = inferOutput<Api["users"]["ownSessions"]>["items"][number];

/** What the browser of a session said it is, in words where they are known. */
const deviceOf = ({ userAgent }: Session): string =>
  userAgent === null ? words.unknown : (deviceWords(userAgent) ?? userAgent);

/** One's own open sessions, the one used last first, and the way to end them. */
export function SessionsPanel() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const isLost = useLostAt() !== null;
  const [done, setDone] = useState<{ receipt: Receipt; sentence: string } | null>(null);
  const read = useQuery({ ...trpc.users.ownSessions.queryOptions(), staleTime: 0 });
  const end = useMutation(
    trpc.users.endOwnSessions.mutationOptions({
      onSuccess: async (receipt) => {
        await queries.invalidateQueries(trpc.users.ownSessions.queryFilter());
        setDone({ receipt, sentence: words.ended(receipt.sessionsEnded) });
      },
    }),
  );
  const sessions = read.data?.items ?? [];
  const off = isLost ? texts.failure.offlineReason : null;
  const others = sessions.filter(({ isThisOne }) => !isThisOne).length;
  return (
    <section className={classes.panel} aria-labelledby="sessions">
      <div className={classes.panelHead}>
        <h2 id="sessions" className={classes.section}>
          {words.title}
        </h2>
        {read.data ? (
          <ReasonedButton
            variant="default"
            size="xs"
            reason={off ?? (others === 0 ? words.noOthers : null)}
            onClick={() => end.isPending || end.mutate({})}
          >
            {end.isPending ? words.ending : words.endOthers}
          </ReasonedButton>
        ) : null}
      </div>
      {done ? <ReceiptNote done={done.receipt} sentence={done.sentence} onDismiss={() => setDone(null)} /> : null}
      {end.error ? <FailureNote error={end.error} /> : null}
      {read.isError ? <FailureNote error={read.error} onRetry={() => void read.refetch()} /> : null}
      {read.isPending ? <Loading /> : null}
      <ul className={classes.sessions}>
        {sessions.map((session) => (
          <SessionItem
            key={session.id}
            session={session}
            off={off}
            onEnd={() => end.isPending || end.mutate({ sessionId: session.id })}
          />
        ))}
      </ul>
      <p className={classes.muted}>{words.hint}</p>
    </section>
  );
}

type ItemProps = { session: Session; off: string | null; onEnd: () => void };

function SessionItem({ session, off, onEnd }: ItemProps) {
  const { zone } = usePreferences();
  const signOut = useSignOut();
  const device = deviceOf(session);
  const since = dateTime(session.createdAt, zone);
  return (
    <li>
      <Laptop size={18} aria-hidden />
      <div className={classes.session}>
        <div>
          <strong>
            <Foreign text={device} />
          </strong>{" "}
          {session.ip ? (
            <span className={classes.muted}>
              <Foreign text={words.from(session.ip)} />
            </span>
          ) : null}{" "}
          {session.isThisOne ? <span className={classes.tag}>{words.thisOne}</span> : null}
        </div>
        <div className={classes.muted}>
          {words.since(since)} ·{" "}
          <span title={dateTime(session.lastSeenAt, zone)}>{words.used(ago(session.lastSeenAt, Date.now()))}</span>
        </div>
      </div>
      <ReasonedButton
        variant="subtle"
        size="compact-sm"
        reason={off}
        aria-label={session.isThisOne ? texts.nav.signOut : words.endOf(markedText(device), since)}
        onClick={session.isThisOne ? signOut : onEnd}
      >
        {session.isThisOne ? texts.nav.signOut : words.end}
      </ReasonedButton>
    </li>
  );
}

function Loading() {
  return (
    <AfterDelay ms={150}>
      <div className={classes.loading} aria-busy aria-label={words.loading} role="status">
        {[58, 46].map((width) => (
          <div key={width} className={states.skeleton} style={{ inlineSize: `${width}%` }} />
        ))}
      </div>
    </AfterDelay>
  );
}
