import type { Zone } from "../../../format.ts";
import { filterWords, type NameOf, rangeWords } from "../filter-words.ts";
import type { LogSearch } from "../log-search.ts";

/** What the log shows now, in words: range, then filters. */
export const viewWords = (search: LogSearch, zone: Zone, nameOf: NameOf): string =>
  [rangeWords(search, zone), ...Object.values(filterWords(search, nameOf))].join(", ");
