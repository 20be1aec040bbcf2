import type { Feature } from "@countersign/audit/catalogue";
import {
  Archive,
  BellRing,
  BookOpen,
  FileCheck2,
  Files,
  IdCard,
  KeyRound,
  LayoutDashboard,
  ScrollText,
  Settings,
  ShieldCheck,
  Stamp,
  Users,
} from "lucide-react";
import { texts } from "../texts.ts";

/**
 * The rail: pages by group, each with the right it takes, and the letter that leads there after G. Those marked `inBar` stand in
 * the bottom bar of a small screen, four at most; the others are behind its last button.
 */
export const nav = [
  {
    name: texts.nav.watch,
    pages: [
      { to: "/", label: texts.nav.overview, feature: "audit.read", Icon: LayoutDashboard, key: "o", inBar: true },
      { to: "/log", label: texts.nav.log, feature: "audit.read", Icon: ScrollText, key: "l", inBar: true },
      { to: "/alerts", label: texts.nav.alerts, feature: "alerts.read", Icon: BellRing },
    ],
  },
  {
    name: texts.nav.work,
    pages: [
      { to: "/permits", label: texts.nav.permits, feature: "permits.read", Icon: FileCheck2, key: "p", inBar: true },
      { to: "/documents", label: texts.nav.documents, feature: "documents.read", Icon: Files },
      { to: "/approvals", label: texts.nav.approvals, feature: "approvals.read", Icon: Stamp, key: "a" },
    ],
  },
  {
    name: texts.nav.people,
    pages: [
      { to: "/users", label: texts.nav.users, feature: "users.read", Icon: Users },
      { to: "/roles", label: texts.nav.roles, feature: "roles.read", Icon: IdCard },
    ],
  },
  {
    name: texts.nav.evidence,
    pages: [
      { to: "/events", label: texts.nav.catalogue, feature: "events.read", Icon: BookOpen, key: "c" },
      { to: "/retention", label: texts.nav.retention, feature: "retention.read", Icon: Archive, key: "r" },
      { to: "/integrity", label: texts.nav.integrity, feature: "audit.read", Icon: ShieldCheck, key: "i" },
    ],
  },
  {
    name: texts.nav.operate,
    pages: [
      { to: "/keys", label: texts.nav.keys, feature: "system.keys", Icon: KeyRound },
      { to: "/settings", label: texts.nav.settings, feature: "system.config", Icon: Settings },
    ],
  },
] as const satisfies readonly {
  name: string;
  pages: readonly { to: string; label: string; feature: Feature; Icon: unknown; key?: string; inBar?: true }[];
}[];

/** What of the rail one may see. */
export const navFor = (features: readonly string[]) =>
  nav
    .map(({ name, pages }) => ({ name, pages: pages.filter(({ feature }) => features.includes(feature)) }))
    .filter(({ pages }) => pages.length > 0);

export type NavGroup = ReturnType<typeof navFor>[number];
export type NavPage = NavGroup["pages"][number];

const barPages = 4;

/** The pages of the bottom bar: those that are meant for it, and whatever else one may see while there is room. */
export const barFor = (features: readonly string[]): NavPage[] => {
  const pages: NavPage[] = navFor(features).flatMap((group): readonly NavPage[] => group.pages);
  const isMeant = (page: NavPage) => "inBar" in page;
  return [...pages.filter(isMeant), ...pages.filter((page) => !isMeant(page))].slice(0, barPages);
};
