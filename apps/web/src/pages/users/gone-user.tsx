import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { useTRPC } from "../../api.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { Page } from "../../components/page.tsx";
import { Timeline } from "../../events/timeline.tsx";
import { useMay } from "../../me.ts";
import { usePreferences } from "../../preferences.ts";
import { texts } from "../../texts.ts";
import { ActivityTab } from "./activity-tab.tsx";
import { LoadingUser } from "./loading-user.tsx";
import classes from "./user.module.css";
import { usersTexts } from "./users-texts.ts";

const words = usersTexts.missing;

/** That no account has this number. */
export function NoUser({ text }: { text: string }) {
  return (
    <Page title={usersTexts.title}>
      <EmptyState title={words.title} actions={<Link to="/users">{usersTexts.back}</Link>}>
        {text}
      </EmptyState>
    </Page>
  );
}

/** A user of whom only the log knows. */
export function GoneUser({ userId }: { userId: number }) {
  const mayRead = useMay("audit.read");
  if (!mayRead) return <NoUser text={`${words.text} ${texts.notPermitted.text("audit.read")}`} />;
  return <Traces userId={userId} />;
}

function Traces({ userId }: { userId: number }) {
  const trpc = useTRPC();
  const { zone } = usePreferences();
  const newest = useQuery(
    trpc.audit.list.queryOptions({
      objectType: "user",
      objectId: String(userId),
      codes: ["user_delete"],
      statuses: ["success"],
      limit: 1,
    }),
  );
  const seen = useQuery(trpc.audit.userSeen.queryOptions({ userId }));
  const error = newest.error ?? seen.error;
  if (error) {
    return (
      <Page title={usersTexts.title}>
        <FailureNote title={texts.failure.title} error={error} holds={texts.failure.holds} />
      </Page>
    );
  }
  if (!newest.data || !seen.data) return <LoadingUser />;
  const [deletion] = newest.data.entries;
  const name = deletion?.object?.label ?? seen.data.last?.name;
  if (deletion === undefined && name == null) return <NoUser text={words.never} />;
  return (
    <Page title={words.gone(name ?? String(userId))}>
      <Link to="/users" className={classes.back}>
        <ArrowLeft size={14} aria-hidden /> {usersTexts.back}
      </Link>
      <p>{words.goneText}</p>
      {deletion ? <Timeline entries={[deletion]} zone={zone} /> : null}
      <ActivityTab userId={userId} />
    </Page>
  );
}
