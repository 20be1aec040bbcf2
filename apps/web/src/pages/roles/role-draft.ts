import { type Feature, features, isFeature } from "@countersign/audit/features";
import type { inferOutput } from "@trpc/tanstack-react-query";
import type { Api, Me } from "../../api.ts";
import type { Saved } from "../../components/save-each.ts";
import { rolesTexts } from "./roles-texts.ts";

export type Role = inferOutput<Api["roles"]["list"]>["items"][number];

/** What a role will hold or lack when saved, by cell; what is not in it stays as it is. */
export type Draft = ReadonlyMap<string, boolean>;
export type RoleChange = { role: Role; feature: Feature; isGiven: boolean };

export const emptyDraft: Draft = new Map();

const areaOf = (feature: Feature): string => feature.split(".")[0] ?? "";
const all = Object.keys(features).filter(isFeature);

/** Features by area, in the order of the record. */
export const featureGroups: readonly { area: string; features: readonly Feature[] }[] = [
  ...new Set(all.map(areaOf)),
].map((area) => ({ area, features: all.filter((feature) => areaOf(feature) === area) }));

const cellOf = (role: Role, feature: Feature): string => `${role.id} ${feature}`;

/** Whether the role will hold the feature once the draft is saved. */
export const willHold = (draft: Draft, role: Role, feature: Feature): boolean =>
  draft.get(cellOf(role, feature)) ?? role.features.includes(feature);

/** The draft with one cell turned over; turned back to what holds, it is no change. */
export const turned = (draft: Draft, role: Role, feature: Feature): Draft => {
  const next = new Map(draft);
  const wanted = !willHold(draft, role, feature);
  if (wanted === role.features.includes(feature)) next.delete(cellOf(role, feature));
  else next.set(cellOf(role, feature), wanted);
  return next;
};

/** What the draft changes of the roles as they stand now, role by role. */
export const changesIn = (draft: Draft, roles: readonly Role[]): RoleChange[] =>
  roles.flatMap((role) =>
    featureGroups.flatMap(({ features }) =>
      features.flatMap((feature) => {
        const isGiven = willHold(draft, role, feature);
        return isGiven === role.features.includes(feature) ? [] : [{ role, feature, isGiven }];
      }),
    ),
  );

/** The draft without what is done. */
export const draftOf = (changes: readonly RoleChange[]): Draft =>
  new Map(changes.map(({ role, feature, isGiven }) => [cellOf(role, feature), isGiven]));

/** Why a cell cannot be turned by this person; null when it can. The server decides by the same rules. */
export const whyOff = (me: Pick<Me, "features" | "roles">, role: Role, feature: Feature): string | null => {
  const { why } = rolesTexts;
  if (!me.features.includes("roles.features")) return why.features;
  if (role.shipped === "administrator") return why.protected;
  if (!me.features.includes(feature)) return why.lacking(feature);
  if (!role.features.includes(feature) && me.roles.includes(role.name)) return why.own;
  return null;
};

/** A feature of the role that the person lacks; null when they hold them all. */
export const lackedOf = (me: Pick<Me, "features"> | undefined, role: Role): Feature | null =>
  role.features.find((feature) => !me?.features.includes(feature)) ?? null;

/** How many of the changes that were saved hold now, and how many wait for a second person, in a sentence. */
export const summaryOf = (saved: readonly Saved<RoleChange>[]): string => {
  const done = saved.flatMap((one) => (one.kind === "kept" ? [one.done] : []));
  const asked = done.filter(({ outcome }) => outcome === "pending").length;
  const kept = done.length - asked;
  return kept === saved.length ? rolesTexts.saved.all(kept) : rolesTexts.saved.some(kept, asked, saved.length);
};

/** How many different people hold one of these roles, from the names of those whose holders could be read; at least so many where some could not. */
export const peopleOf = (
  held: readonly { userCount: number; users: readonly { id: number }[] | undefined }[],
): { people: number; isAtLeast: boolean } => {
  const named = new Set(held.flatMap(({ users }) => users?.map(({ id }) => id) ?? []));
  return {
    people: Math.max(0, ...held.map(({ userCount }) => userCount), named.size),
    isAtLeast: held.length > 1 && held.some(({ userCount, users }) => userCount > (users?.length ?? 0)),
  };
};
