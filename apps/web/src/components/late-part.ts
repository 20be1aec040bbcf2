import { type ComponentType, lazy } from "react";

/**
 * A part that is loaded when it is first drawn. Where it cannot be, because the connection is lost or the server has a newer
 * version, the other one stands in its place: a page does not fail for want of a trifle.
 */
export const latePart = <Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  Otherwise: ComponentType<Props>,
) =>
  lazy(() =>
    load().then(
      (part) => ({ default: part }),
      () => ({ default: Otherwise }),
    ),
  );
