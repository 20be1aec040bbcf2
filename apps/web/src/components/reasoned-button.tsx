import { Button, type ButtonProps, Tooltip, VisuallyHidden } from "@mantine/core";
import { type ReactNode, useId } from "react";

type Props = ButtonProps & {
  /** Why the button is off; null when it works. */
  reason: string | null;
  onClick: () => void;
  children: ReactNode;
};

/** A button that can be off, reachable all the same, and then says why. */
export function ReasonedButton({ reason, onClick, children, ...rest }: Props) {
  const id = useId();
  if (reason === null) {
    return (
      <Button {...rest} onClick={onClick}>
        {children}
      </Button>
    );
  }
  return (
    <Tooltip label={reason} maw={280}>
      <Button {...rest} data-disabled aria-disabled aria-describedby={id} onClick={(event) => event.preventDefault()}>
        {children}
        <VisuallyHidden id={id}>{reason}</VisuallyHidden>
      </Button>
    </Tooltip>
  );
}
