import { UnstyledButton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { PanelLeftClose, PanelLeftOpen, Search } from "lucide-react";
import type { Me } from "../api.ts";
import { setPreference, usePreferences } from "../preferences.ts";
import { texts } from "../texts.ts";
import { AccountMenu } from "./account-menu.tsx";
import { Brand } from "./brand.tsx";
import { type NavPage, navFor } from "./nav.ts";
import { OpenAlertsCount, WaitingCount } from "./nav-counts.tsx";
import { OfficeName } from "./office-name.tsx";
import { commandKey } from "./page-keys.ts";
import classes from "./rail.module.css";

type Props = { me: Me; onPalette: () => void; onKeys: () => void };

/** The pages one may see, by group, on screens that have room beside the page. */
export function Rail({ me, onPalette, onKeys }: Props) {
  const isFolded = usePreferences().rail === "folded";
  return (
    <nav className={classes.rail} aria-label={texts.nav.label}>
      <div className={classes.brand}>
        <Brand />
      </div>
      <OfficeName className={classes.office} />
      <UnstyledButton className={classes.find} onClick={onPalette} title={texts.nav.find}>
        <Search size={16} aria-hidden />
        <span className={classes.label}>{texts.nav.find}</span>
        <span className={classes.findKey} aria-hidden>
          {commandKey} K
        </span>
      </UnstyledButton>
      <div className={classes.groups}>
        {navFor(me.features).map(({ name, pages }) => (
          <div key={name} className={classes.group}>
            <div className={classes.groupName}>{name}</div>
            {pages.map((page) => (
              <PageLink key={page.to} page={page} className={classes.link} />
            ))}
          </div>
        ))}
      </div>
      <div className={classes.foot}>
        <UnstyledButton
          className={classes.fold}
          aria-expanded={!isFolded}
          title={isFolded ? texts.nav.unfold : texts.nav.fold}
          onClick={() => setPreference("rail", isFolded ? "open" : "folded")}
        >
          {isFolded ? <PanelLeftOpen size={16} aria-hidden /> : <PanelLeftClose size={16} aria-hidden />}
          <span className={classes.label}>{isFolded ? texts.nav.unfold : texts.nav.fold}</span>
        </UnstyledButton>
        <AccountMenu me={me} onKeys={onKeys} />
      </div>
    </nav>
  );
}

/** A page's icon and name; the page that is open is marked as the current one. */
export function PageLink({ page, className }: { page: NavPage; className: string | undefined }) {
  const { to, label, Icon } = page;
  return (
    <Link to={to} className={className ?? ""} activeOptions={{ includeSearch: false, exact: to === "/" }} title={label}>
      <Icon size={18} strokeWidth={1.75} aria-hidden />
      <span className={classes.label}>{label}</span>
      {to === "/approvals" ? <WaitingCount /> : null}
      {to === "/alerts" ? <OpenAlertsCount /> : null}
    </Link>
  );
}
