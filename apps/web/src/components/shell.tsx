import { Link, useNavigate } from "@tanstack/react-router";
import { FileCheck2, ScrollText, ShieldCheck } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Me } from "../api.ts";
import { texts } from "../texts.ts";
import { AccountMenu } from "./account-menu.tsx";
import { Brand } from "./brand.tsx";
import { KeySheet } from "./key-sheet.tsx";
import { OfflineNote } from "./offline-note.tsx";
import { usePageKeys } from "./page-keys.ts";
import classes from "./shell.module.css";

const groups = [
  { name: texts.nav.watch, feature: "audit.read", to: "/log", label: texts.nav.log, Icon: ScrollText },
  { name: texts.nav.work, feature: "permits.read", to: "/permits", label: texts.nav.permits, Icon: FileCheck2 },
  { name: texts.nav.evidence, feature: "audit.read", to: "/integrity", label: texts.nav.integrity, Icon: ShieldCheck },
] as const;

/** The rail with the pages one may see, and the page. */
export function Shell({ me, children }: { me: Me; children: ReactNode }) {
  const navigate = useNavigate();
  const [isSheetOpen, setSheetOpen] = useState(false);
  usePageKeys({
    "?": () => setSheetOpen(true),
    "g l": () => void navigate({ to: "/log" }),
    "g p": () => void navigate({ to: "/permits" }),
    "g i": () => void navigate({ to: "/integrity" }),
  });
  const seen = groups.filter((group) => me.features.includes(group.feature));
  return (
    <div className={classes.shell}>
      <a href="#content" className={classes.skip}>
        {texts.skip}
      </a>
      <nav className={classes.rail} aria-label={texts.nav.label}>
        <div className={classes.brand}>
          <Brand />
        </div>
        {seen.map(({ name, to, label, Icon }) => (
          <div key={to} className={classes.group}>
            <div className={classes.groupName}>{name}</div>
            <Link to={to} className={classes.link} activeOptions={{ includeSearch: false }} title={label}>
              <Icon size={18} strokeWidth={1.75} aria-hidden />
              <span className={classes.label}>{label}</span>
            </Link>
          </div>
        ))}
        <div className={classes.foot}>
          <AccountMenu me={me} onKeys={() => setSheetOpen(true)} />
        </div>
      </nav>
      <main id="content" className={classes.main} tabIndex={-1}>
        <OfflineNote />
        <div className={classes.view}>{children}</div>
      </main>
      <KeySheet isOpen={isSheetOpen} onClose={() => setSheetOpen(false)} />
    </div>
  );
}
