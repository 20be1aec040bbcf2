import { count } from "../../format.ts";

export const lookTexts = {
  button: "View",
  group: "Put together by",
  groups: { none: "nothing", actor: "who acted", object: "object", request: "request" },
  columns: "Columns",
  names: { status: "Outcome", object: "Object", from: "Address" },
  density: "Rows",
  densities: { regular: "Regular", compact: "Compact" },
  histogram: "Events over time",
  events: (n: number) => `${count(n)} ${n === 1 ? "event" : "events"}`,
};
