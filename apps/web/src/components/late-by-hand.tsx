import { lazy, Suspense } from "react";
import type { ByHandProps } from "./by-hand-sheet.tsx";

// The first load of the log goes without what a sheet needs.
const ByHandSheet = lazy(() => import("./by-hand-sheet.tsx").then((module) => ({ default: module.ByHandSheet })));

/** The sheet of a text that was not copied, loaded when that happens. */
export function LateByHand(props: ByHandProps) {
  return (
    <Suspense>
      <ByHandSheet {...props} />
    </Suspense>
  );
}
