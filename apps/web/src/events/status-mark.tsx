import type { Status } from "@countersign/audit/catalogue";
import type { ReactNode } from "react";
import { texts } from "../texts.ts";
import classes from "./marks.module.css";

const shapes: Record<Exclude<Status, "success">, ReactNode> = {
  failed: <path d="m4 4 8 8M12 4l-8 8" />,
  denied: (
    <>
      <circle cx="8" cy="8" r="5.6" />
      <path d="m4.2 4.2 7.6 7.6" />
    </>
  ),
  pending: (
    <>
      <circle cx="8" cy="8" r="5.6" />
      <path d="M8 8V2.400A5.6 5.6 0 0 1 13.6 8Z" fill="currentColor" stroke="none" />
    </>
  ),
};

/** How an act ended: shape and word; a success needs no mark. */
export function StatusMark({ status }: { status: Status }) {
  if (status === "success") return null;
  return (
    <span className={`${classes.mark} ${classes.status}`}>
      <svg
        className={classes[status]}
        viewBox="0 0 16 16"
        width="13"
        height="13"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinecap="round"
        aria-hidden
      >
        {shapes[status]}
      </svg>
      <span>{texts.status[status]}</span>
    </span>
  );
}
