import type { Feature } from "@countersign/audit/features";
import type { User } from "../../api.ts";
import { texts } from "../../texts.ts";
import { usersTexts } from "./users-texts.ts";

const words = usersTexts.acts;
const why = usersTexts.why;

type Act = {
  label: string;
  feature: Feature;
  /** Why it is off for this account, in a sentence. */
  against: (user: User, isOwn: boolean) => string | null;
};

const unlessProtected = ({ isProtected }: User) => (isProtected ? why.protected : null);

/** The acts on an account, in the order in which they are offered. */
export const userActs = {
  edit: { label: words.edit, feature: "users.update", against: () => null },
  activate: { label: words.activate, feature: "users.activate", against: unlessProtected },
  deactivate: { label: words.deactivate, feature: "users.activate", against: unlessProtected },
  resetPassword: {
    label: words.resetPassword,
    feature: "users.update",
    against: (user, isOwn) => (isOwn ? why.ownPassword : unlessProtected(user)),
  },
  delete: {
    label: words.delete,
    feature: "users.delete",
    against: (user, isOwn) => (isOwn ? why.ownAccount : unlessProtected(user)),
  },
} as const satisfies Record<string, Act>;

export type UserAct = keyof typeof userActs;

/** The acts that can be meant for this account: what is on cannot be switched on. */
export const actsFor = ({ status }: User): UserAct[] =>
  (Object.keys(userActs) as UserAct[]).filter((act) => act !== (status === "active" ? "activate" : "deactivate"));

/** Why an act is off for this account and these rights; null when it may be tried. The server decides all the same. */
export const reasonAgainst = (
  act: UserAct,
  user: User,
  me: { id: number; features: readonly string[] } | undefined,
): string | null => {
  const { feature, against }: Act = userActs[act];
  if (!me?.features.includes(feature)) return texts.notPermitted.needs(feature);
  return against(user, me.id === user.id);
};
