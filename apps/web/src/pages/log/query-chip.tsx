import { UnstyledButton, VisuallyHidden } from "@mantine/core";
import { TriangleAlert, X } from "lucide-react";
import { Foreign } from "../../components/foreign.tsx";
import { texts } from "../../texts.ts";
import classes from "./query-bar.module.css";

type Props = {
  name: string;
  /** The chosen values in words. */
  value: string;
  /** It cannot match beside the others. */
  isConflicting: boolean;
  onEdit: () => void;
  onRemove: () => void;
};

/** One filter: its name and values, a way to change them, and a way to remove it. */
export function QueryChip({ name, value, isConflicting, onEdit, onRemove }: Props) {
  return (
    <span className={classes.chip} data-conflict={isConflicting || undefined}>
      <UnstyledButton className={classes.chipMain} onClick={onEdit}>
        {isConflicting ? <TriangleAlert size={13} aria-hidden /> : null}
        <span className={classes.chipName}>{name}</span>
        <span className={classes.chipValue}>
          <Foreign text={value} />
        </span>
        {isConflicting ? <VisuallyHidden>, {texts.log.cannotMatch}</VisuallyHidden> : null}
      </UnstyledButton>
      <UnstyledButton className={classes.chipRemove} aria-label={texts.log.remove(name)} onClick={onRemove}>
        <X size={13} aria-hidden />
      </UnstyledButton>
    </span>
  );
}
