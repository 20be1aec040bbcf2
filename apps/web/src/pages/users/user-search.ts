const sorts = ["name", "username", "lastSignIn"] as const;
export type UserSort = (typeof sorts)[number];

/** What the address of the users list holds. */
export type UserSearch = {
  q?: string;
  status?: "active" | "inactive";
  /** The number of a role. */
  role?: number;
  sort?: UserSort | `-${UserSort}`;
};

const isText = (value: unknown) => (typeof value === "string" || typeof value === "number") && value !== "";
const isId = (value: unknown) => /^[1-9]\d{0,14}$/.test(String(value));
const isSort = (value: unknown): value is NonNullable<UserSearch["sort"]> =>
  sorts.some((name) => value === name || value === `-${name}`);

/** Reads the search of an address, however it was typed. */
export const parseUserSearch = (raw: Record<string, unknown>): UserSearch => ({
  ...(isText(raw.q) && { q: String(raw.q).slice(0, 256) }),
  ...((raw.status === "active" || raw.status === "inactive") && { status: raw.status }),
  ...(isId(raw.role) && { role: Number(raw.role) }),
  ...(isSort(raw.sort) && { sort: raw.sort }),
});

export const isFiltered = ({ sort: _, ...filters }: UserSearch): boolean => Object.keys(filters).length > 0;

/** What `users.list` is asked for; by name unless the address says otherwise. */
export const userInput = ({ q, status, role, sort = "name" }: UserSearch) => ({
  ...(q !== undefined && { search: q }),
  ...(status !== undefined && { status }),
  ...(role !== undefined && { roleId: role }),
  sort,
});

export const userTabs = ["account", "activity"] as const;
export type UserTab = (typeof userTabs)[number];
export const activityViews = ["did", "received", "sign-ins"] as const;
export type ActivityView = (typeof activityViews)[number];

/** What the address of a user's page holds. */
export type UserPageSearch = { tab?: UserTab; show?: ActivityView };

export const parseUserPageSearch = (raw: Record<string, unknown>): UserPageSearch => {
  const tab = userTabs.find((name) => name === raw.tab);
  const show = activityViews.find((name) => name === raw.show);
  return { ...(tab && { tab }), ...(show && { show }) };
};
