import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { Me } from "../api.ts";
import { texts } from "../texts.ts";
import { AccountMenu } from "./account-menu.tsx";
import { Brand } from "./brand.tsx";
import { useLate } from "./late.ts";
import { nav, navFor } from "./nav.ts";
import { OfflineNote } from "./offline-note.tsx";
import { usePageKeys } from "./page-keys.ts";
import classes from "./shell.module.css";

const loadKeySheet = () => import("./key-sheet.tsx");

/** The rail with the pages one may see, and the page. */
export function Shell({ me, children }: { me: Me; children: ReactNode }) {
  const navigate = useNavigate();
  const [isSheetOpen, setSheetOpen] = useState(false);
  const sheet = useLate(loadKeySheet);
  const openSheet = () => {
    setSheetOpen(true);
    void sheet.ask();
  };
  usePageKeys({
    "?": openSheet,
    ...Object.fromEntries(
      nav.flatMap(({ pages }) => pages.map(({ key, to }) => [`g ${key}`, () => void navigate({ to })])),
    ),
  });
  return (
    <div className={classes.shell}>
      <a href="#content" className={classes.skip}>
        {texts.skip}
      </a>
      <nav className={classes.rail} aria-label={texts.nav.label}>
        <div className={classes.brand}>
          <Brand />
        </div>
        {navFor(me.features).map(({ name, pages }) => (
          <div key={name} className={classes.group}>
            <div className={classes.groupName}>{name}</div>
            {pages.map(({ to, label, Icon }) => (
              <Link
                key={to}
                to={to}
                className={classes.link}
                activeOptions={{ includeSearch: false, exact: to === "/" }}
                title={label}
              >
                <Icon size={18} strokeWidth={1.75} aria-hidden />
                <span className={classes.label}>{label}</span>
              </Link>
            ))}
          </div>
        ))}
        <div className={classes.foot}>
          <AccountMenu me={me} onKeys={openSheet} />
        </div>
      </nav>
      <main id="content" className={classes.main} tabIndex={-1}>
        <OfflineNote />
        <div className={classes.view}>{children}</div>
      </main>
      {isSheetOpen && sheet.loaded ? <sheet.loaded.KeySheet onClose={() => setSheetOpen(false)} /> : null}
    </div>
  );
}
