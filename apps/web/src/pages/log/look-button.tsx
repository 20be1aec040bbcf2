import { Button } from "@mantine/core";
import { lazyRouteComponent } from "@tanstack/react-router";
import { SlidersHorizontal } from "lucide-react";
import { Suspense } from "react";
import { LatePopover } from "../../components/late-popover.tsx";
import type { LogSearch } from "./log-search.ts";
import type { Look } from "./look.ts";
import { lookTexts as words } from "./look-texts.ts";

type Props = { search: LogSearch; look: Look; onChange: (search: LogSearch) => void };

const LookPanel = lazyRouteComponent(() => import("./look-panel.tsx"), "LookPanel");

/** Opens what says how the rows are drawn. */
export function LookButton(props: Props) {
  return (
    <LatePopover
      label={words.button}
      button={(opener) => (
        <Button {...opener} variant="default" leftSection={<SlidersHorizontal size={14} aria-hidden />}>
          {words.button}
        </Button>
      )}
    >
      {() => (
        <Suspense>
          <LookPanel {...props} />
        </Suspense>
      )}
    </LatePopover>
  );
}
