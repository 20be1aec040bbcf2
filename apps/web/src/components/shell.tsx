import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { Me } from "../api.ts";
import { usePreferences } from "../preferences.ts";
import { texts } from "../texts.ts";
import { BottomBar } from "./bottom-bar.tsx";
import { useLate } from "./late.ts";
import { navFor } from "./nav.ts";
import { OfflineNote } from "./offline-note.tsx";
import { usePageKeys } from "./page-keys.ts";
import { Rail } from "./rail.tsx";
import classes from "./shell.module.css";
import { SignOutFailed } from "./sign-out-failed.tsx";

const loadKeySheet = () => import("./key-sheet.tsx");
const loadPalette = () => import("../pages/palette/palette.tsx");

/** The rail or, on small screens, the bottom bar, and the page. */
export function Shell({ me, children }: { me: Me; children: ReactNode }) {
  const navigate = useNavigate();
  const { rail } = usePreferences();
  const [open, setOpen] = useState<"keys" | "palette" | null>(null);
  const keySheet = useLate(loadKeySheet);
  const palette = useLate(loadPalette);
  const close = () => setOpen(null);
  const openKeys = () => {
    setOpen("keys");
    void keySheet.ask();
  };
  const openPalette = () => {
    setOpen("palette");
    void palette.ask();
  };
  usePageKeys({
    "?": openKeys,
    "mod k": openPalette,
    ...Object.fromEntries(
      navFor(me.features).flatMap(({ pages }) =>
        pages.flatMap((page) => ("key" in page ? [[`g ${page.key}`, () => void navigate({ to: page.to })]] : [])),
      ),
    ),
  });
  return (
    <div className={classes.shell} data-rail={rail}>
      <a href="#content" className={classes.skip}>
        {texts.skip}
      </a>
      <Rail me={me} onPalette={openPalette} onKeys={openKeys} />
      <main id="content" className={classes.main} tabIndex={-1}>
        <OfflineNote />
        <SignOutFailed />
        <div className={classes.view}>{children}</div>
      </main>
      <BottomBar me={me} onPalette={openPalette} onKeys={openKeys} />
      {open === "keys" && keySheet.loaded ? <keySheet.loaded.KeySheet features={me.features} onClose={close} /> : null}
      {open === "palette" && palette.loaded ? (
        <palette.loaded.Palette me={me} onClose={close} onKeys={openKeys} />
      ) : null}
    </div>
  );
}
