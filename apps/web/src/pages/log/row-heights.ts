import type { ListItem } from "./event-items.ts";
import type { Density } from "./log-search.ts";

export const dayHeight = 30;
const rowHeights: Record<Density, number> = { regular: 37, compact: 29 };

/** How high an item is likely to be, in pixels, before it is drawn. */
export const heightOf = (kind: ListItem["kind"], density: Density): number =>
  kind === "entry" ? rowHeights[density] : kind === "end" ? 64 : dayHeight;
