import { Popover } from "@mantine/core";
import { useOpenNow } from "./late.ts";
import type { LatePopoverProps } from "./late-popover.tsx";

/** The panel under a button. It is drawn first when the button was pressed, and so opens at once. */
export function PopoverPanel({ label, className, button, children }: LatePopoverProps) {
  const { isOpen, setOpen, button: target } = useOpenNow();
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" trapFocus returnFocus withinPortal>
      <Popover.Target>{button({ ref: target, onClick: () => setOpen(!isOpen) })}</Popover.Target>
      <Popover.Dropdown className={className} aria-label={label}>
        {children(() => setOpen(false))}
      </Popover.Dropdown>
    </Popover>
  );
}
