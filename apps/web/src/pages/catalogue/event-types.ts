import { type Category, categories } from "@countersign/audit/catalogue";
import type { inferOutput } from "@trpc/tanstack-react-query";
import type { Api } from "../../api.ts";
import { count } from "../../format.ts";
import type { CatalogueSearch } from "./catalogue-search.ts";
import { catalogueTexts } from "./catalogue-texts.ts";

export type EventTypeEntry = inferOutput<Api["eventTypes"]["list"]>["items"][number];
export type Activity = inferOutput<Api["eventTypes"]["activity"]>["items"][number];
/** What of a type can be set. */
export type TypeValues = Pick<EventTypeEntry, "enabled" | "severity" | "policy" | "approval" | "notify">;

export const valuesOf = ({ enabled, severity, policy, approval, notify }: EventTypeEntry): TypeValues => ({
  enabled,
  severity,
  policy,
  approval,
  notify,
});

/** As the catalogue has it; null for a type that it no longer has. */
export const defaultsOf = ({ catalogue }: EventTypeEntry): TypeValues | null =>
  catalogue === null ? null : { enabled: true, ...catalogue.defaults };

export const fieldNames = ["enabled", "severity", "approval", "policy", "notify"] as const;
export type TypeField = (typeof fieldNames)[number];

/** The fields in which two settings of a type differ. */
export const differing = (before: TypeValues, after: TypeValues): TypeField[] =>
  fieldNames.filter((field) => before[field] !== after[field]);

export const isEdited = (type: EventTypeEntry): boolean => {
  const defaults = defaultsOf(type);
  return defaults !== null && differing(defaults, valuesOf(type)).length > 0;
};

const fold = (text: string): string => text.normalize("NFKC").toLowerCase();

/** Whether a type is one of those that the search is for; every word must stand somewhere in it. */
export const matches = (type: EventTypeEntry, { q = "", severity, show }: CatalogueSearch): boolean => {
  const text = fold([type.name, type.code, type.catalogue?.description, type.catalogue?.feature].join(" "));
  if (
    !fold(q)
      .split(/\s+/)
      .every((word) => text.includes(word))
  )
    return false;
  if (severity !== undefined && type.severity !== severity) return false;
  if (show === "edited") return isEdited(type);
  if (show === "off") return !type.enabled;
  return show === "locked" ? type.locked : true;
};

export const groupNames = Object.keys(categories) as readonly Category[];
export const groupTitle = (category: string): string =>
  category === "platform"
    ? catalogueTexts.platform
    : ((categories as Readonly<Record<string, { title: string }>>)[category]?.title ?? category);

/** What a change of settings does, in sentences; only events that come after it are touched, not the `inMonth` of the last 30 days. */
export const effectsOf = (before: TypeValues, after: TypeValues, inMonth = 0): string[] => {
  const { effects, policies, approvalChoices, yes, no } = catalogueTexts;
  const said: Record<TypeField, () => string> = {
    enabled: () => (after.enabled ? effects.on : effects.off),
    severity: () => effects.severity(after.severity, before.severity, inMonth === 0 ? null : count(inMonth)),
    policy: () => effects.policy(policies[after.policy] ?? after.policy, policies[before.policy] ?? before.policy),
    approval: () =>
      effects.approval(
        after.approval === "required" ? approvalChoices.required.toLowerCase() : approvalChoices.optional.toLowerCase(),
      ),
    notify: () => effects.notify(after.notify ? yes : no),
  };
  return differing(before, after).map((field) => said[field]());
};
