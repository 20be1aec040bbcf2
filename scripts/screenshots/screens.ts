import type { Page } from "playwright-core";

/** An office at work, or a new one. */
export type OfficeKind = "filled" | "empty";

export type Screen = {
  path: string;
  /** What is done before the picture is taken. */
  act?: (page: Page) => Promise<unknown>;
  /** Where it is taken; without it in an office at work and in a new one. */
  only?: OfficeKind;
  signedOut?: true;
};

const press = (name: string | RegExp) => (page: Page) => page.getByRole("button", { name }).first().click();

/** Every page, by the name of its pictures. */
export const screens: Record<string, Screen> = {
  "sign-in": { path: "/sign-in", only: "empty", signedOut: true },
  // A new office leads its administrator to the first steps until they are left.
  overview: {
    path: "/",
    act: async (page) => {
      const leave = page.getByRole("button", { name: "Leave for now" });
      if (await leave.isVisible()) await leave.click();
    },
  },
  log: { path: "/log?range=30d" },
  event: {
    path: "/log?range=90d&code=permit_update",
    only: "filled",
    act: (page) => page.locator("tr[data-event]").first().click(),
  },
  permits: { path: "/permits" },
  permit: { path: "/permits/290", only: "filled" },
  "permit-new": { path: "/permits/new" },
  "permit-edit": { path: "/permits/290/edit", only: "filled" },
  documents: { path: "/documents" },
  approvals: { path: "/approvals" },
  alerts: { path: "/alerts" },
  "alert-rules": { path: "/alerts?tab=rules" },
  "alert-channels": { path: "/alerts?tab=channels" },
  stream: {
    path: "/alerts?tab=channels",
    only: "filled",
    act: async (page) => {
      await press("New channel")(page);
      await page.getByRole("dialog").getByLabel("Kind").selectOption("stream");
    },
  },
  retention: { path: "/retention" },
  erasure: { path: "/retention/erasure", only: "empty" },
  users: { path: "/users" },
  user: { path: "/users/4?tab=activity", only: "filled" },
  "user-account": { path: "/users/4", only: "filled" },
  roles: { path: "/roles" },
  role: { path: "/roles/3" },
  catalogue: { path: "/events" },
  "event-type": { path: "/events/permit_approve" },
  history: { path: "/history/permit/290", only: "filled" },
  integrity: { path: "/integrity" },
  keys: { path: "/keys" },
  settings: { path: "/settings" },
  profile: { path: "/profile" },
  password: { path: "/password" },
  welcome: { path: "/welcome", only: "empty" },
  palette: { path: "/permits", only: "filled", act: (page) => page.keyboard.press("Control+k") },
};
