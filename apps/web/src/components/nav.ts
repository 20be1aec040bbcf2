import type { Feature } from "@countersign/audit/catalogue";
import { FileCheck2, LayoutDashboard, ScrollText, ShieldCheck } from "lucide-react";
import { texts } from "../texts.ts";

/** The rail: pages by group, each with the right it takes, and the letter that leads there after G. */
export const nav = [
  {
    name: texts.nav.watch,
    pages: [
      { to: "/", label: texts.nav.overview, feature: "audit.read", Icon: LayoutDashboard, key: "o" },
      { to: "/log", label: texts.nav.log, feature: "audit.read", Icon: ScrollText, key: "l" },
    ],
  },
  {
    name: texts.nav.work,
    pages: [{ to: "/permits", label: texts.nav.permits, feature: "permits.read", Icon: FileCheck2, key: "p" }],
  },
  {
    name: texts.nav.evidence,
    pages: [{ to: "/integrity", label: texts.nav.integrity, feature: "audit.read", Icon: ShieldCheck, key: "i" }],
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
