import { UnstyledButton, VisuallyHidden } from "@mantine/core";
import { Plus, X } from "lucide-react";
import type { ReactNode } from "react";
import { Foreign } from "../../components/foreign.tsx";
import { LatePopover } from "../../components/late-popover.tsx";
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
  const isSet = value !== undefined;
  return (
    <span className={classes.chip} data-set={isSet || undefined}>
      <LatePopover
        label={name}
        className={classes.dropdown}
        button={(props) => (
          <UnstyledButton className={classes.chipMain} {...props}>
            {isSet ? null : <Plus size={13} aria-hidden />}
            {isSet ? null : <VisuallyHidden>{texts.log.choose}</VisuallyHidden>}
            <span className={classes.chipName}>{name}</span>
            {isSet ? (
              <span className={classes.chipValue}>
                <Foreign text={value} />
              </span>
            ) : null}
          </UnstyledButton>
        )}
      >
        {children}
      </LatePopover>
      {isSet ? (
        <UnstyledButton className={classes.chipRemove} aria-label={texts.log.remove(name)} onClick={onRemove}>
          <X size={13} aria-hidden />
        </UnstyledButton>
      ) : null}
    </span>
  );
}
