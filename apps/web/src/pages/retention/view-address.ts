import { parseSearch } from "../../search-params.ts";
import { activeFilters, listInput, parseLogSearch } from "../log/log-search.ts";

type Query = ReturnType<typeof listInput>;

/** What the address of a view of the log asks for; null when it is none, narrows nothing, or has a filter that is not understood. */
export const queryOfAddress = (address: string, now: number): Query | null => {
  const path = /^(?:https?:\/\/[^/?#]+)?\/log\?([^#]*)/.exec(address.trim())?.[1];
  if (path === undefined) return null;
  const search = parseLogSearch(parseSearch(path));
  return search.ignored !== undefined || activeFilters(search).length === 0 ? null : listInput(search, now);
};
