import { CircleCheck, CirclePause, ShieldCheck } from "lucide-react";
import type { User } from "../../api.ts";
import { Foreign } from "../../components/foreign.tsx";
import classes from "./user.module.css";
import { usersTexts as words } from "./users-texts.ts";

const icons = { active: CircleCheck, inactive: CirclePause };

/** Whether an account is on: shape and word. */
export function UserStatus({ status }: { status: User["status"] }) {
  const Icon = icons[status];
  return (
    <span className={classes.status} data-status={status}>
      <Icon size={14} strokeWidth={2} aria-hidden />
      {words.statuses[status]}
    </span>
  );
}

/** That an account is protected. */
export function ProtectedMark() {
  return (
    <span className={classes.protected} title={words.protectedHint}>
      <ShieldCheck size={14} strokeWidth={2} aria-hidden />
      {words.protected}
    </span>
  );
}

export function RolePills({ roles }: { roles: User["roles"] }) {
  if (roles.length === 0) return <span className={classes.muted}>{words.noRoles}</span>;
  return (
    <span className={classes.pills}>
      {roles.map(({ id, name }) => (
        <span key={id} className={classes.pill}>
          <Foreign text={name} />
        </span>
      ))}
    </span>
  );
}
