import { CircleDashed, CircleX, FileCheck, type LucideIcon } from "lucide-react";
import type { Document } from "../../../api.ts";
import { texts } from "../../../texts.ts";
import classes from "./documents.module.css";

const icons: Record<Document["state"], LucideIcon> = {
  uploaded: CircleDashed,
  verified: FileCheck,
  refused: CircleX,
};

/** What was decided about a document: shape and word. */
export function DocumentState({ state }: { state: Document["state"] }) {
  const Icon = icons[state];
  return (
    <span className={classes.state} data-state={state}>
      <Icon size={14} strokeWidth={2} aria-hidden />
      {texts.documents.states[state]}
    </span>
  );
}
