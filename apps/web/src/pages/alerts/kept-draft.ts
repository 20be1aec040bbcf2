import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { AlertRule } from "../../api.ts";
import { draftOf, type RuleDraft } from "./rule-draft.ts";

/** A rule as it is being filled in. Whoever looks elsewhere meanwhile finds it as it was left, for some minutes and until the sign-out. */
export const useKeptDraft = (rule: AlertRule | null) => {
  const queries = useQueryClient();
  const queryKey = ["alert-rule-draft", rule?.id ?? "new", rule?.version ?? 0];
  const [kept, setKept] = useState(() => queries.getQueryData<RuleDraft>(queryKey));
  const [draft, setDraft] = useState(() => kept ?? draftOf(rule));
  const forget = () => queries.removeQueries({ queryKey });
  return {
    draft,
    isKept: kept !== undefined,
    change: (next: RuleDraft) => {
      setDraft(next);
      queries.setQueryData(queryKey, next);
    },
    forget,
    startOver: () => {
      forget();
      setKept(undefined);
      setDraft(draftOf(rule));
    },
  };
};
