import { eventCodes, eventType } from "@countersign/audit/catalogue";
import type { Alert, AlertRule } from "../../api.ts";
import { type LogSearch, parseLogSearch } from "../log/log-search.ts";
import { searchOf } from "./rule-draft.ts";

const minuteMs = 60_000;

/** What is told at once as the catalogue has it: the log cannot be asked for critical events and certain types in one query. */
const toldAtOnce = eventCodes.filter((code) => eventType(code).severity === "critical" || eventType(code).notify);

const ofGroup = ({ group }: Alert): Record<string, unknown> => {
  if (group.by === "actor") return { actor: [group.value] };
  if (group.by === "object") return { object: [group.value] };
  if (group.by === "network") return { network: [group.value] };
  return group.by === "event" ? { code: [group.value] } : {};
};

/** The page of the log that shows what an alert stands for: one event, or the query of its rule in the time of the alert. */
export const logSearchOf = (alert: Alert, rule: AlertRule | undefined): LogSearch => {
  const [event] = alert.eventIds;
  const { trigger, filter } = rule?.definition ?? {};
  const windowMs = trigger?.kind === "threshold" ? trigger.minutes * minuteMs : minuteMs;
  const range = {
    from: new Date(Date.parse(alert.firstAt) - windowMs).toISOString(),
    to: new Date(Date.parse(alert.lastAt) + minuteMs).toISOString(),
  };
  if (alert.count === 1 && event !== undefined) return { event, ...range };
  if (rule?.shipped === "at_once") return parseLogSearch({ code: toldAtOnce, ...range });
  if (filter === undefined) return parseLogSearch(range);
  return parseLogSearch({ ...searchOf(filter), ...ofGroup(alert), ...range });
};
