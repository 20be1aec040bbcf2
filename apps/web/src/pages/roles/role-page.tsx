import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { useState } from "react";
import { failureOf, type Me, type Receipt, useTRPC } from "../../api.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { NotPermitted } from "../../components/not-permitted.tsx";
import { Page } from "../../components/page.tsx";
import { ReceiptNote } from "../../components/receipt-note.tsx";
import { dateTime } from "../../format.ts";
import { markedText } from "../../marks.ts";
import { useMay, useMe } from "../../me.ts";
import { usePreferences } from "../../preferences.ts";
import { takeReceipt } from "../../receipts.ts";
import { texts } from "../../texts.ts";
import { ChangesBar, ChangesSaved } from "./changes-bar.tsx";
import { LoadingRoles } from "./loading-roles.tsx";
import { MembersPanel } from "./members-panel.tsx";
import { RoleActions } from "./role-actions.tsx";
import { useRoleChanges } from "./role-changes.ts";
import type { Role } from "./role-draft.ts";
import { RoleRights } from "./role-rights.tsx";
import classes from "./roles.module.css";
import { rolesTexts } from "./roles-texts.ts";

const route = getRouteApi("/app/roles/$id");

export function RolePage() {
  const { id } = route.useParams();
  const me = useMe();
  const mayRead = useMay("roles.read");
  if (!mayRead || me === undefined) return <NotPermitted title={rolesTexts.title} feature="roles.read" />;
  return <RoleView key={id} roleId={Number(id)} me={me} />;
}

function RoleView({ roleId, me }: { roleId: number; me: Me }) {
  const trpc = useTRPC();
  const [handed, setHanded] = useState(() => takeReceipt(`role:${roleId}`));
  const read = useQuery({ ...trpc.roles.get.queryOptions({ roleId }), staleTime: 10_000 });
  const role = read.data?.role;
  const changing = useRoleChanges(role ? [role] : []);
  const back = (
    <Link to="/roles" className={classes.back}>
      <ArrowLeft size={14} aria-hidden /> {rolesTexts.back}
    </Link>
  );
  if (read.isError && !role) return <RoleMissing error={read.error} onRetry={() => void read.refetch()} />;
  if (!read.data || !role) {
    return (
      <Page title={rolesTexts.title}>
        {back}
        <LoadingRoles />
      </Page>
    );
  }
  const note = (done: Receipt) => setHanded({ place: `role:${roleId}`, done, sentence: null });
  return (
    <Page
      title={markedText(role.name)}
      mark={role.shipped ? <span className={classes.mark}>{rolesTexts.shipped}</span> : null}
      actions={<RoleActions role={role} onDone={note} />}
    >
      {back}
      <div className={classes.stack}>
        {handed ? (
          <ReceiptNote done={handed.done} sentence={handed.sentence} onDismiss={() => setHanded(null)} />
        ) : null}
        <ChangesSaved changing={changing} />
        <Facts role={role} />
        <div className={classes.columns}>
          <RoleRights role={role} me={me} changing={changing} />
          <MembersPanel role={role} people={read.data.users} onDone={note} />
        </div>
        <ChangesBar changing={changing} />
      </div>
    </Page>
  );
}

function Facts({ role }: { role: Role }) {
  const { zone } = usePreferences();
  const mayReadLog = useMay("audit.read");
  return (
    <div className={classes.facts}>
      {role.description ? (
        <p>
          <Foreign text={role.description} />
        </p>
      ) : null}
      <p className={classes.meta}>
        <span>
          {rolesTexts.facts.created} <time dateTime={role.createdAt}>{dateTime(role.createdAt, zone)}</time>
        </span>
        <span>
          {rolesTexts.facts.updated} <time dateTime={role.updatedAt}>{dateTime(role.updatedAt, zone)}</time>
        </span>
        {mayReadLog ? (
          <Link to="/log" search={{ object: `role:${role.id}`, range: "all" }}>
            {rolesTexts.facts.events}
          </Link>
        ) : null}
      </p>
    </div>
  );
}

function RoleMissing({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { reason } = failureOf(error);
  return (
    <Page title={rolesTexts.title}>
      {reason === "not_found" || reason === "invalid_input" ? (
        <EmptyState title={rolesTexts.missingTitle} actions={<Link to="/roles">{rolesTexts.back}</Link>}>
          {rolesTexts.missing}
        </EmptyState>
      ) : (
        <FailureNote title={texts.failure.title} error={error} holds={texts.failure.holds} onRetry={onRetry} />
      )}
    </Page>
  );
}
