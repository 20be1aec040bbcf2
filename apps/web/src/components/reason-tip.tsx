import { Tooltip } from "@mantine/core";
import type { ReactElement } from "react";

/** Why a button is off, beside it on hover, focus and touch. */
export function ReasonTip({ reason, children }: { reason: string; children: ReactElement }) {
  return (
    <Tooltip label={reason} maw={280}>
      {children}
    </Tooltip>
  );
}
