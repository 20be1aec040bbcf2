import { Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { type Me, useTRPC } from "../../api.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { NotPermitted } from "../../components/not-permitted.tsx";
import { Page } from "../../components/page.tsx";
import { ReceiptNote } from "../../components/receipt-note.tsx";
import { useMay, useMe } from "../../me.ts";
import { takeReceipt } from "../../receipts.ts";
import { texts } from "../../texts.ts";
import { ChangesBar, ChangesSaved } from "./changes-bar.tsx";
import { LoadingRoles } from "./loading-roles.tsx";
import { NewRoleButton } from "./role-actions.tsx";
import { useRoleChanges } from "./role-changes.ts";
import type { Role } from "./role-draft.ts";
import { RoleMatrix } from "./role-matrix.tsx";
import classes from "./roles.module.css";
import { rolesTexts } from "./roles-texts.ts";

export function RolesPage() {
  const me = useMe();
  const mayRead = useMay("roles.read");
  if (!mayRead || me === undefined) return <NotPermitted title={rolesTexts.title} feature="roles.read" />;
  return <Roles me={me} />;
}

function Roles({ me }: { me: Me }) {
  const trpc = useTRPC();
  const [handed, setHanded] = useState(() => takeReceipt("roles"));
  const isNarrow = useMediaQuery("(max-width: 767px)", false, { getInitialValueInEffect: false });
  const query = useInfiniteQuery(
    trpc.roles.list.infiniteQueryOptions(
      { limit: 50 },
      { getNextPageParam: (page) => page.nextCursor ?? undefined, staleTime: 10_000 },
    ),
  );
  const roles = query.data?.pages.flatMap((page) => page.items) ?? [];
  const more = query.hasNextPage ? (
    <Button variant="default" size="xs" onClick={() => void query.fetchNextPage()}>
      {rolesTexts.more}
    </Button>
  ) : null;
  const note = handed ? (
    <ReceiptNote done={handed.done} sentence={handed.sentence} onDismiss={() => setHanded(null)} />
  ) : null;
  const state = query.isError ? (
    <FailureNote
      title={texts.failure.title}
      error={query.error}
      holds={texts.failure.holds}
      onRetry={() => void query.refetch()}
    />
  ) : query.isPending ? (
    <LoadingRoles />
  ) : roles.length === 0 ? (
    <EmptyState title={rolesTexts.emptyTitle}>{rolesTexts.empty}</EmptyState>
  ) : null;
  const isPlain = isNarrow || state !== null;
  return (
    <Page
      title={rolesTexts.title}
      fill={!isPlain}
      actions={<NewRoleButton onAsked={(done) => setHanded({ place: "roles", done, sentence: null })} />}
    >
      {isPlain ? (
        <div className={classes.stack}>
          {note}
          {state ?? <RoleList roles={roles} />}
          {state === null ? more : null}
        </div>
      ) : (
        <Matrix roles={roles} me={me}>
          {note}
          {more}
        </Matrix>
      )}
    </Page>
  );
}

function Matrix({ roles, me, children }: { roles: readonly Role[]; me: Me; children: ReactNode }) {
  const changing = useRoleChanges(roles);
  const [reason, setReason] = useState<string | null>(null);
  return (
    <div className={classes.full}>
      {children}
      <ChangesSaved changing={changing} />
      <p id="why-off" className={classes.muted} role="status">
        {reason ?? rolesTexts.hint}
      </p>
      <RoleMatrix roles={roles} me={me} draft={changing.draft} onTurn={changing.turn} onReason={setReason} />
      <ChangesBar changing={changing} />
    </div>
  );
}

/** Where the matrix does not fit: the roles, each leading to its rights. */
function RoleList({ roles }: { roles: readonly Role[] }) {
  return (
    <ul className={classes.roleList}>
      {roles.map((role) => (
        <li key={role.id}>
          <Link to="/roles/$id" params={{ id: String(role.id) }} className={classes.roleLink}>
            <Foreign text={role.name} />
          </Link>
          <span className={classes.muted}>
            {rolesTexts.people(role.userCount)} · {rolesTexts.rights(role.features.length)}
          </span>
        </li>
      ))}
    </ul>
  );
}
