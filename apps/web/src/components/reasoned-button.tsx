import { Button, type ButtonProps, VisuallyHidden } from "@mantine/core";
import { type ReactNode, Suspense, useId } from "react";
import { latePart } from "./late-part.ts";

// What places the words beside the button is nobody's wait.
const ReasonTip = latePart(
  () => import("./reason-tip.tsx").then((module) => module.ReasonTip),
  ({ reason, children }) => <span title={reason}>{children}</span>,
);

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
  const off = (
    <Button {...rest} data-disabled aria-disabled aria-describedby={id} onClick={(event) => event.preventDefault()}>
      {children}
      <VisuallyHidden id={id}>{reason}</VisuallyHidden>
    </Button>
  );
  return (
    <Suspense fallback={off}>
      <ReasonTip reason={reason}>{off}</ReasonTip>
    </Suspense>
  );
}
