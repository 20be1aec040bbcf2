import { parseSearch, stringifySearch } from "../../../search-params.ts";
import { type LogSearch, parseLogSearch, without } from "../log-search.ts";

/** What of an address is the reader's moment and no part of a view. */
const momentary = ["event", "ignored", "live", "view"] as const;

/** What a reader chose for every page, which an address that does not say otherwise is drawn with. */
export type Drawn = Required<Pick<LogSearch, "zone" | "density">>;

/** The question that an address asks, and how it is drawn, as a view keeps it: whoever opens it chose otherwise. */
export const queryOf = (search: LogSearch, drawn: Partial<Drawn> = {}): string => {
  const asked = without(search, ...momentary);
  return stringifySearch({ ...asked, ...drawn, ...asked }).replace(/^\?/, "");
};

/** The address of a view. What it holds that this page does not know is told there as ever. */
export const searchOf = (view: { id: number; query: string }): LogSearch => ({
  ...parseLogSearch(parseSearch(view.query)),
  view: view.id,
});

/** The members in one order, whatever the one in which they were chosen. */
const inOrder = (query: string): string => query.split("&").sort().join("&");

/** Whether an address asks something else than the view does, however either is written. */
export const isEdited = (search: LogSearch, view: { id: number; query: string }, drawn: Drawn): boolean =>
  inOrder(queryOf(parseLogSearch(parseSearch(queryOf(search))), drawn)) !== inOrder(queryOf(searchOf(view), drawn));

/** An address without anything: the log opens it with the reader's default view. */
export const isBare = (search: LogSearch): boolean => Object.keys(search).length === 0;
