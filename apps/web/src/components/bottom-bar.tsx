import { UnstyledButton } from "@mantine/core";
import { Ellipsis } from "lucide-react";
import { useState } from "react";
import type { Me } from "../api.ts";
import { texts } from "../texts.ts";
import classes from "./bottom-bar.module.css";
import { useLate } from "./late.ts";
import { barFor } from "./nav.ts";
import { WaitingCount } from "./nav-counts.tsx";
import { PageLink } from "./rail.tsx";

const loadMore = () => import("./more-sheet.tsx");

type Props = { me: Me; onPalette: () => void; onKeys: () => void };

/** The pages used most, on small screens; everything else is one tap further. */
export function BottomBar({ me, onPalette, onKeys }: Props) {
  const [isOpen, setOpen] = useState(false);
  const more = useLate(loadMore);
  const pages = barFor(me.features);
  const isWaitingElsewhere = !pages.some(({ to }) => to === "/approvals");
  return (
    <nav className={classes.bar} aria-label={texts.nav.label}>
      {pages.map((page) => (
        <PageLink key={page.to} page={page} className={classes.item} />
      ))}
      <UnstyledButton
        className={classes.item}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onClick={() => {
          setOpen(true);
          void more.ask();
        }}
      >
        <Ellipsis size={18} aria-hidden />
        <span>{texts.nav.more}</span>
        {isWaitingElsewhere ? <WaitingCount /> : null}
      </UnstyledButton>
      {isOpen && more.loaded ? (
        <more.loaded.MoreSheet me={me} onPalette={onPalette} onKeys={onKeys} onClose={() => setOpen(false)} />
      ) : null}
    </nav>
  );
}
