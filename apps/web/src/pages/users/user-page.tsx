import { Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { type ComponentType, useState } from "react";
import { failureOf, type Receipt, type User, useTRPC } from "../../api.ts";
import { ActMenu } from "../../components/act-menu.tsx";
import table from "../../components/data-table.module.css";
import { FailureNote } from "../../components/failure-note.tsx";
import { NotPermitted } from "../../components/not-permitted.tsx";
import { Page } from "../../components/page.tsx";
import { usePageActions } from "../../components/page-actions.ts";
import { usePageKeys } from "../../components/page-keys.ts";
import { ReasonedButton } from "../../components/reasoned-button.tsx";
import { ReceiptNote } from "../../components/receipt-note.tsx";
import { SecretNote } from "../../components/secret-note.tsx";
import { markedText } from "../../marks.ts";
import { useMay, useMe } from "../../me.ts";
import { useLostAt } from "../../reach.ts";
import { handReceipt } from "../../receipts.ts";
import { texts } from "../../texts.ts";
import { ActivityTab } from "./activity-tab.tsx";
import { GoneUser, NoUser } from "./gone-user.tsx";
import { LoadingUser } from "./loading-user.tsx";
import { useNoteUsers } from "./note-users.ts";
import { RolesPanel } from "./roles-panel.tsx";
import { SessionsPanel } from "./sessions-panel.tsx";
import classes from "./user.module.css";
import {
  ActivateDialog,
  DeactivateDialog,
  DeleteDialog,
  type DialogProps,
  EditDialog,
  ResetPasswordDialog,
} from "./user-dialogs.tsx";
import { UserFacts } from "./user-facts.tsx";
import { UserStatus } from "./user-marks.tsx";
import { actsFor, reasonAgainst, type UserAct, userActs } from "./user-rules.ts";
import { type UserTab, userTabs } from "./user-search.ts";
import { usersTexts as words } from "./users-texts.ts";

const route = getRouteApi("/app/users/$id");

const dialogs: Record<UserAct, ComponentType<DialogProps>> = {
  edit: EditDialog,
  activate: ActivateDialog,
  deactivate: DeactivateDialog,
  resetPassword: ResetPasswordDialog,
  delete: DeleteDialog,
};

export function UserPage() {
  const { id } = route.useParams();
  const mayRead = useMay("users.read");
  if (!mayRead) return <NotPermitted title={words.title} feature="users.read" />;
  if (!/^[1-9]\d{0,14}$/.test(id)) return <NoUser text={words.missing.text} />;
  return <UserView key={id} userId={Number(id)} />;
}

function UserView({ userId }: { userId: number }) {
  const trpc = useTRPC();
  const read = useQuery({ ...trpc.users.get.queryOptions({ userId }), staleTime: 10_000 });
  if (read.isError && failureOf(read.error).reason === "not_found") return <GoneUser userId={userId} />;
  if (read.isError && !read.data) {
    return (
      <Page title={words.title}>
        <FailureNote
          title={texts.failure.title}
          error={read.error}
          holds={texts.failure.holds}
          onRetry={() => void read.refetch()}
        />
      </Page>
    );
  }
  if (!read.data) return <LoadingUser />;
  return <Account user={read.data.user} onReadAgain={() => void read.refetch()} />;
}

type Note = { done: Receipt; sentence: string | null };

function Account({ user, onReadAgain }: { user: User; onReadAgain: () => void }) {
  const { tab = "account" } = route.useSearch();
  const navigate = useNavigate();
  const me = useMe();
  const isLost = useLostAt() !== null;
  const noteUsers = useNoteUsers();
  const [note, setNote] = useState<Note | null>(null);
  const [password, setPassword] = useState<string | null>(null);
  const [open, setOpen] = useState<UserAct | null>(null);
  const Dialog = open === null ? null : dialogs[open];
  const why = (act: UserAct) => (isLost ? texts.failure.offlineReason : reasonAgainst(act, user, me));
  const show = (done: Receipt, sentence: string | null = null) => {
    setNote({ done, sentence });
    void noteUsers();
  };
  const leave = async (done: Receipt) => {
    handReceipt("users", done, words.deleted(user.name));
    await navigate({ to: "/users" });
    await noteUsers();
  };
  const go = (next: UserTab) =>
    void navigate({ to: "/users/$id", params: { id: String(user.id) }, search: { tab: next }, replace: true });
  usePageActions(
    markedText(user.name),
    actsFor(user)
      .filter((act) => why(act) === null)
      .map((act) => ({ label: userActs[act].label, run: () => setOpen(act) })),
  );
  usePageKeys({ "[": () => go("account"), "]": () => go("activity") });
  return (
    <Page
      title={user.name}
      mark={<UserStatus status={user.status} />}
      actions={
        <>
          <ReasonedButton variant="default" reason={why("edit")} onClick={() => setOpen("edit")}>
            {words.acts.edit}
          </ReasonedButton>
          <ActMenu
            label={words.acts.more}
            acts={actsFor(user)
              .filter((act) => act !== "edit")
              .map((act) => ({ label: userActs[act].label, reason: why(act), onClick: () => setOpen(act) }))}
          />
        </>
      }
    >
      <Link to="/users" className={classes.back}>
        <ArrowLeft size={14} aria-hidden /> {words.back}
      </Link>
      {note ? (
        <div className={table.note}>
          <ReceiptNote done={note.done} sentence={note.sentence} onDismiss={() => setNote(null)} />
        </div>
      ) : null}
      {password ? (
        <SecretNote
          title={words.secret.password(user.name)}
          hint={words.secret.passwordHint}
          secret={password}
          copy={words.secret.copy}
          copied={words.secret.copied}
          done={words.secret.done}
          onDone={() => setPassword(null)}
        />
      ) : null}
      <Tabs
        value={tab}
        onChange={(value) => go(userTabs.find((name) => name === value) ?? "account")}
        keepMounted={false}
      >
        <Tabs.List className={classes.tabs ?? ""} aria-label={words.tabsLabel}>
          {userTabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {words.tabs[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="account">
          <div className={classes.columns}>
            <UserFacts user={user} />
            <div className={classes.stack}>
              <RolesPanel user={user} onDone={show} />
              <SessionsPanel user={user} onDone={show} />
            </div>
          </div>
        </Tabs.Panel>
        <Tabs.Panel value="activity">
          <ActivityTab userId={user.id} />
        </Tabs.Panel>
      </Tabs>
      {Dialog ? (
        <Dialog
          user={user}
          onClose={() => setOpen(null)}
          onDone={(done, sentence = "", made) => {
            setOpen(null);
            if (made !== undefined) setPassword(made);
            show(done, sentence || null);
          }}
          onDeleted={(done) => {
            if (done.outcome !== "pending") return void leave(done);
            setOpen(null);
            show(done);
          }}
          onReadAgain={onReadAgain}
        />
      ) : null}
    </Page>
  );
}
