import { Popover, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { Plus, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Foreign } from "../../components/foreign.tsx";
import { texts } from "../../texts.ts";
import classes from "./filter-bar.module.css";

type Props = {
  name: string;
  /** The chosen values in words; undefined when nothing is chosen. */
  value: string | undefined;
  onRemove: () => void;
  children: (close: () => void) => ReactNode;
};

/** One filter: its name and values, a way to change them, and a way to remove it. */
export function FilterChip({ name, value, onRemove, children }: Props) {
  const [isOpen, setOpen] = useState(false);
  const isSet = value !== undefined;
  return (
    <span className={classes.chip} data-set={isSet || undefined}>
      <Popover opened={isOpen} onChange={setOpen} position="bottom-start" trapFocus returnFocus withinPortal>
        <Popover.Target>
          <UnstyledButton className={classes.chipMain} onClick={() => setOpen(!isOpen)}>
            {isSet ? null : <Plus size={13} aria-hidden />}
            {isSet ? null : <VisuallyHidden>{texts.log.choose}</VisuallyHidden>}
            <span className={classes.chipName}>{name}</span>
            {isSet ? (
              <span className={classes.chipValue}>
                <Foreign text={value} />
              </span>
            ) : null}
          </UnstyledButton>
        </Popover.Target>
        <Popover.Dropdown className={classes.dropdown} aria-label={name}>
          {children(() => setOpen(false))}
        </Popover.Dropdown>
      </Popover>
      {isSet ? (
        <UnstyledButton className={classes.chipRemove} aria-label={texts.log.remove(name)} onClick={onRemove}>
          <X size={13} aria-hidden />
        </UnstyledButton>
      ) : null}
    </span>
  );
}
