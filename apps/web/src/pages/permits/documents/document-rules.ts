import type { Feature } from "@countersign/audit/features";
import type { Document } from "../../../api.ts";
import { texts } from "../../../texts.ts";

const words = texts.documents;

type Act = {
  verb: string;
  feature: Feature;
  title: (name: string) => string;
  effect: (permitNumber: string) => string;
  needsReason: boolean;
  /** Whether it is done once, while nothing is decided yet. */
  isDecision: boolean;
};

/** What can be done with a document, in the order in which it is offered. */
export const documentActs = {
  accept: {
    verb: words.accept,
    feature: "documents.verify",
    title: words.acceptTitle,
    effect: () => words.acceptEffect,
    needsReason: false,
    isDecision: true,
  },
  refuse: {
    verb: words.refuse,
    feature: "documents.verify",
    title: words.refuseTitle,
    effect: () => words.refuseEffect,
    needsReason: true,
    isDecision: true,
  },
  delete: {
    verb: words.delete,
    feature: "documents.delete",
    title: words.deleteTitle,
    effect: words.deleteEffect,
    needsReason: true,
    isDecision: false,
  },
} as const satisfies Record<string, Act>;

export type DocumentAct = keyof typeof documentActs;
export const documentActNames = Object.keys(documentActs) as DocumentAct[];

/** Why an act is off for this document and these rights, in a sentence; null when it may be tried. */
export const reasonAgainst = (act: DocumentAct, { state }: Document, held: readonly string[]): string | null => {
  const { feature, isDecision } = documentActs[act];
  if (!held.includes(feature)) return texts.notPermitted.needs(feature);
  return isDecision && state !== "uploaded" ? words.decided(words.states[state]) : null;
};
