import type { Feature } from "@countersign/audit/catalogue";
import { BookOpen, FileCheck2, Files, IdCard, KeyRound, ScrollText, Settings, ShieldCheck, Users } from "lucide-react";
import { texts } from "../texts.ts";

/** The rail: pages by group, each with the right it takes, and the letter that leads there after G. */
export const nav = [
  {
    name: texts.nav.watch,
    pages: [{ to: "/log", label: texts.nav.log, feature: "audit.read", Icon: ScrollText, key: "l" }],
  },
  {
    name: texts.nav.work,
    pages: [
      { to: "/permits", label: texts.nav.permits, feature: "permits.read", Icon: FileCheck2, key: "p" },
      { to: "/documents", label: texts.nav.documents, feature: "documents.read", Icon: Files },
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
  pages: readonly { to: string; label: string; feature: Feature; Icon: unknown; key?: string }[];
}[];

/** What of the rail one may see. */
export const navFor = (features: readonly string[]) =>
  nav
    .map(({ name, pages }) => ({ name, pages: pages.filter(({ feature }) => features.includes(feature)) }))
    .filter(({ pages }) => pages.length > 0);
