import { parseSearch } from "../../search-params.ts";
import { activeFilters, listInput, parseLogSearch } from "../log/log-search.ts";

/**
 * The query in an address of the log, without what is relative to now: a hold is on events, not on the last seven days. Null
 * when the address is not the log's or filters nothing.
 */
export const queryOfAddress = (address: string) => {
  const [, text] = /\/log\/?(\?[^#]*)/.exec(address.trim()) ?? [];
  if (text === undefined) return null;
  const search = parseLogSearch(parseSearch(text));
  const isCustom = search.from !== undefined || search.to !== undefined;
  if (search.ignored !== undefined || (activeFilters(search).length === 0 && !isCustom)) return null;
  const { days: _relative, ...query } = { days: 0, ...listInput({ ...search, range: "all" }, 0) };
  return query;
};
