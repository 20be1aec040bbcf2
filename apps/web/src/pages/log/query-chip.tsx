import { UnstyledButton, VisuallyHidden } from "@mantine/core";
import { TriangleAlert, X } from "lucide-react";
import { Foreign } from "../../components/foreign.tsx";
import { texts } from "../../texts.ts";
import classes from "./query-bar.module.css";

type Props = {
  name: string;
  /** The chosen values in words. */
  value: string;
  /** Those of the values that cannot match beside the other filters; null when all can. */
  conflicting: string | null;
  onEdit: () => void;
  onRemove: () => void;
};

/** One filter: its name and values, a way to change them, and a way to remove it. */
export function QueryChip({ name, value, conflicting, onEdit, onRemove }: Props) {
  return (
    <span className={classes.chip} data-conflict={conflicting !== null || undefined}>
      <UnstyledButton className={classes.chipMain} onClick={onEdit}>
        {conflicting !== null ? <TriangleAlert size={13} aria-hidden /> : null}
        <span className={classes.chipName}>{name}</span>
        <span className={classes.chipValue}>
          <Foreign text={value} />
        </span>
        {conflicting === null ? null : conflicting === value ? (
          <VisuallyHidden>, {texts.log.cannotMatch}</VisuallyHidden>
        ) : (
          <span className={classes.chipName}>
            (<Foreign text={`${conflicting} ${texts.log.cannotMatch}`} />)
          </span>
        )}
      </UnstyledButton>
      <UnstyledButton className={classes.chipRemove} aria-label={texts.log.remove(name)} onClick={onRemove}>
        <X size={13} aria-hidden />
      </UnstyledButton>
    </span>
  );
}
