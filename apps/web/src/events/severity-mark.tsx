import { type Severity, severities } from "@countersign/audit/catalogue";
import type { ReactNode } from "react";
import { texts } from "../texts.ts";
import classes from "./marks.module.css";

const shapes: Record<Severity, ReactNode> = {
  info: <circle cx="8" cy="8" r="4.6" fill="none" stroke="currentColor" strokeWidth="2.2" />,
  low: <circle cx="8" cy="8" r="5.4" />,
  medium: <path d="M8 2.2 14.4 13.4H1.6Z" />,
  high: <path d="M8 1.4 14.6 8 8 14.6 1.4 8Z" />,
  critical: (
    <>
      <rect x="1.8" y="1.8" width="12.4" height="12.4" rx="1.6" />
      <path d="M8 4.4v4.4M8 11.1v.6" stroke="var(--surface)" strokeWidth="1.9" strokeLinecap="round" />
    </>
  ),
};

/** Shape, colour and word of a severity; `bare` leaves the word to assistive technology and the title. */
export function SeverityMark({ severity: given, bare = false }: { severity: string; bare?: boolean }) {
  const severity = severities.find((known) => known === given) ?? "info";
  const word = texts.severity[severity];
  return (
    <span className={classes.mark} title={bare ? word : undefined}>
      <svg
        className={classes[severity]}
        viewBox="0 0 16 16"
        width="14"
        height="14"
        fill="currentColor"
        role={bare ? "img" : undefined}
        aria-label={bare ? word : undefined}
        aria-hidden={bare ? undefined : true}
      >
        {shapes[severity]}
      </svg>
      {bare ? null : <span>{word}</span>}
    </span>
  );
}
