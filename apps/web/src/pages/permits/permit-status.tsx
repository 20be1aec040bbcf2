import { Ban, CircleCheck, CircleDashed, CirclePause, CircleX, ClockAlert, type LucideIcon } from "lucide-react";
import type { PermitStatus as Status } from "../../api.ts";
import { texts } from "../../texts.ts";
import classes from "./permits.module.css";

const icons: Record<Status, LucideIcon> = {
  pending: CircleDashed,
  active: CircleCheck,
  inactive: CirclePause,
  rejected: CircleX,
  cancelled: Ban,
  expired: ClockAlert,
};

/** The state of a permit: shape and word. */
export function PermitStatus({ status }: { status: Status }) {
  const Icon = icons[status];
  return (
    <span className={classes.status} data-status={status}>
      <Icon size={14} strokeWidth={2} aria-hidden />
      {texts.permitStatus[status]}
    </span>
  );
}
