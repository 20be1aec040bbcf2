import { Link } from "@tanstack/react-router";
import type { User } from "../../api.ts";
import table from "../../components/data-table.module.css";
import type { DataColumn } from "../../components/data-table.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { dateTime, type Zone } from "../../format.ts";
import classes from "./user.module.css";
import { ProtectedMark, RolePills, UserStatus } from "./user-marks.tsx";
import type { UserSort } from "./user-search.ts";
import { usersTexts as words } from "./users-texts.ts";

const heads = words.columns;

/** What the list tells of a user. */
export const userColumns = (zone: Zone): readonly DataColumn<User, UserSort>[] => [
  {
    id: "name",
    head: heads.name,
    sort: "name",
    cell: ({ id, name, isProtected }) => (
      <span className={classes.named}>
        <Link to="/users/$id" params={{ id: String(id) }} preload={false} className={table.name}>
          <Foreign text={name} />
        </Link>
        {isProtected ? <ProtectedMark /> : null}
      </span>
    ),
  },
  { id: "username", head: heads.username, sort: "username", cell: ({ username }) => <Foreign text={username} /> },
  { id: "roles", head: heads.roles, look: "wide", cell: ({ roles }) => <RolePills roles={roles} /> },
  { id: "status", head: heads.status, onCard: "beside", cell: ({ status }) => <UserStatus status={status} /> },
  {
    id: "lastSignIn",
    head: heads.lastSignIn,
    sort: "lastSignIn",
    look: "figures",
    cell: ({ lastSignInAt }) =>
      lastSignInAt ? (
        <time dateTime={lastSignInAt}>{dateTime(lastSignInAt, zone)}</time>
      ) : (
        <span className={table.muted}>{words.never}</span>
      ),
  },
];
