import type { RuleDefinition } from "@countersign/audit/alerts/rule";
import { filterName, filterWords } from "../log/filter-words.ts";
import type { FilterKey } from "../log/log-search.ts";
import { alertsTexts } from "./alerts-texts.ts";
import { searchOf } from "./rule-draft.ts";

const unnamed = () => undefined;

/** What a rule looks for: "Event: Signed in · Outcome: failed". */
export const lookWords = (filter: RuleDefinition["filter"]): string => {
  const parts = Object.entries(filterWords(searchOf(filter), unnamed)).map(
    ([key, said]) => `${filterName(key as FilterKey)}: ${said}`,
  );
  return parts.length === 0 ? alertsTexts.rules.everything : parts.join(" · ");
};
