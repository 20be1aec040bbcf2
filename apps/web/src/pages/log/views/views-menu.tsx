import { Button } from "@mantine/core";
import { Bookmark, ChevronDown } from "lucide-react";
import { Foreign } from "../../../components/foreign.tsx";
import { type OpenerProps, useLate } from "../../../components/late.ts";
import type { SavedViews } from "./saved-views.ts";
import classes from "./views.module.css";
import { viewsTexts as words } from "./views-texts.ts";

const load = () => import("./views-items.tsx");

/** Opens the views; their menu is loaded with the first press. */
export function ViewsMenu({ views }: { views: SavedViews }) {
  const { loaded, opener } = useLate(load);
  const { current } = views;
  const button = (props: OpenerProps) => (
    <Button
      variant="default"
      leftSection={<Bookmark size={15} aria-hidden />}
      rightSection={<ChevronDown size={14} aria-hidden />}
      classNames={{ root: classes.button, label: classes.label }}
      {...(current && { "aria-label": words.buttonOf(current.name) })}
      {...props}
    >
      {current ? <Foreign text={current.name} /> : words.button}
    </Button>
  );
  if (loaded) return <loaded.ViewsItems views={views} button={button} />;
  return button({ ...opener, "aria-haspopup": "menu", "aria-expanded": false });
}
