import { UnstyledButton } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { useEffect } from "react";
import type { Me } from "../api.ts";
import { texts } from "../texts.ts";
import { AccountMenu } from "./account-menu.tsx";
import classes from "./bottom-bar.module.css";
import { navFor } from "./nav.ts";
import { PageLink } from "./rail.tsx";
import { Sheet } from "./sheet.tsx";

type Props = { me: Me; onPalette: () => void; onKeys: () => void; onClose: () => void };

/** All pages one may see, the palette and the account; it closes with the page that is chosen. */
export function MoreSheet({ me, onPalette, onKeys, onClose }: Props) {
  const router = useRouter();
  useEffect(() => router.subscribe("onBeforeNavigate", onClose), [router, onClose]);
  const instead = (open: () => void) => () => {
    onClose();
    open();
  };
  return (
    <Sheet title={texts.nav.label} onClose={onClose} fullScreen>
      <div className={classes.more}>
        <UnstyledButton className={classes.moreLink} onClick={instead(onPalette)}>
          <Search size={18} aria-hidden />
          {texts.nav.find}
        </UnstyledButton>
        {navFor(me.features).map(({ name, pages }) => (
          <section key={name} aria-label={name}>
            <h3 className={classes.moreName}>{name}</h3>
            {pages.map((page) => (
              <PageLink key={page.to} page={page} className={classes.moreLink} />
            ))}
          </section>
        ))}
        <AccountMenu me={me} onKeys={instead(onKeys)} />
      </div>
    </Sheet>
  );
}
