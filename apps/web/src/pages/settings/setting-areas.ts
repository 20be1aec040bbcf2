import type { inferOutput } from "@trpc/tanstack-react-query";
import type { Api } from "../../api.ts";
import { settingsTexts } from "./settings-texts.ts";

export type Setting = inferOutput<Api["settings"]["list"]>["items"][number];

/** The area of a key by its first part. */
const areas: Readonly<Record<string, string>> = {
  display: "display",
  protected_users: "people",
  session: "signin",
  signin: "signin",
  permit: "permits",
  document: "documents",
  audit: "log",
  retention: "retention",
  notification: "notifications",
  approval: "approvals",
  export: "exports",
  report: "reports",
  backup: "backups",
};

export const areaOf = (key: string): string => areas[key.split(".")[0] ?? ""] ?? "other";

/** Whether what a setting is for exists in this version; until then it is only kept. */
export const isNotYet = (key: string): boolean =>
  key !== "export.max_rows" && ["exports", "reports", "backups"].includes(areaOf(key));

/** Settings whose weakening matters most (▲ of the design). */
export const isWeighty = (key: string): boolean =>
  key === "protected_users" || key === "approval.quorum" || isRetentionPeriod(key);

/** These take a right of their own besides the one for settings. */
export const isRetentionPeriod = (key: string): boolean => /^retention\.(decision|change|session|read)$/.test(key);

const fold = (text: string): string => text.normalize("NFKC").toLowerCase();

export const matches = ({ key, title, help }: Setting, q: string): boolean => {
  const text = fold([key, title, help, settingsTexts.areas[areaOf(key)]].join(" "));
  return fold(q)
    .split(/\s+/)
    .every((word) => text.includes(word));
};

/** The settings by area, in the order of the areas' names on screen. */
export const inAreas = (settings: readonly Setting[]): { area: string; settings: Setting[] }[] =>
  Object.keys(settingsTexts.areas)
    .map((area) => ({ area, settings: settings.filter(({ key }) => areaOf(key) === area) }))
    .filter(({ settings }) => settings.length > 0);
