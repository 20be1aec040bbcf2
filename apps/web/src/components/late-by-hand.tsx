import { Suspense } from "react";
import type { ByHandProps } from "./by-hand-sheet.tsx";
import { latePart } from "./late-part.ts";

// The first load of the log goes without what a sheet needs.
const ByHandSheet = latePart(
  () => import("./by-hand-sheet.tsx").then((module) => module.ByHandSheet),
  () => null,
);

/** The sheet of a text that was not copied, loaded when that happens. */
export function LateByHand(props: ByHandProps) {
  return (
    <Suspense>
      <ByHandSheet {...props} />
    </Suspense>
  );
}
