import type { ReactElement, ReactNode } from "react";
import { type OpenerProps, useLate } from "./late.ts";

export type LatePopoverProps = {
  /** The name of what opens. */
  label: string;
  className?: string | undefined;
  /** The button, with what it is given. */
  button: (props: OpenerProps) => ReactElement;
  children: (close: () => void) => ReactNode;
};

const load = () => import("./popover-panel.tsx");

/** A button and the panel that it opens; what places the panel is loaded with the first press. */
export function LatePopover(props: LatePopoverProps) {
  const { loaded, opener } = useLate(load);
  if (loaded) return <loaded.PopoverPanel {...props} />;
  return props.button({ ...opener, "aria-haspopup": "dialog", "aria-expanded": false });
}
