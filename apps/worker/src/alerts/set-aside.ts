import { type AlertRule, recordRuleFailure } from "@countersign/db/alert-rules";
import { failureCode, isRetryable } from "@countersign/db/failures";
import { keepEnvelope } from "@countersign/db/outbox";
import type { Transaction } from "@countersign/db/transaction";
import type { Deps } from "../deps.ts";

const whyOf = (error: unknown): string => {
  const code = failureCode(error);
  if (code === "57014") return "looking through the log for it took too long";
  return `it could not be judged (${code === "" && error instanceof Error ? error.name : code})`;
};

/** Another try of all may succeed; a statement that took too long is the fault of what was tried. */
export const isOfAll = (error: unknown): boolean => isRetryable(error) && failureCode(error) !== "57014";

/** A rule that cannot be judged is marked, told of once, and rests; the others go on. */
export const setAside = async (
  tx: Transaction,
  { recorder, nextId, log }: Pick<Deps, "recorder" | "nextId" | "log">,
  rule: AlertRule,
  error: unknown,
): Promise<void> => {
  log.warn({ err: error, rule: rule.id }, "a rule could not be judged");
  const why = whyOf(error);
  if (!(await recordRuleFailure(tx, rule, why))) return;
  const event = recorder.seal({
    code: "sys_rule_failed",
    status: "success",
    actor: { type: "platform" },
    source: "worker",
    object: { type: "alert_rule", id: String(rule.id), label: rule.name },
    notes: why,
  });
  if (event !== null) await keepEnvelope(tx, nextId(), [event]);
};
