import { triggerWords } from "@countersign/audit/alerts/words";
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { type AlertRule, type Channel, useTRPC } from "../../api.ts";
import table from "../../components/data-table.module.css";
import { type DataColumn, DataTable } from "../../components/data-table.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { SlowNote } from "../../components/query-body.tsx";
import { ReasonedButton } from "../../components/reasoned-button.tsx";
import { dateTime, type Zone } from "../../format.ts";
import { useMay } from "../../me.ts";
import { usePreferences } from "../../preferences.ts";
import { texts } from "../../texts.ts";
import classes from "./alerts.module.css";
import type { Go } from "./alerts-page.tsx";
import { alertsTexts } from "./alerts-texts.ts";
import { lookWords } from "./rule-words.ts";
import { useChannels, useRules, useWhyNot } from "./use-alerts.ts";

const words = alertsTexts.rules;

const through = ({ channelIds }: AlertRule, channels: readonly Channel[]): string => {
  if (channelIds.length === 0) return words.defaults;
  const named = channels.filter(({ id }) => channelIds.includes(id)).map(({ name }) => name);
  return named.length === 0 ? words.nobody : named.join(", ");
};

const columnsOf = (channels: readonly Channel[], zone: Zone): readonly DataColumn<AlertRule>[] => [
  {
    id: "name",
    head: words.name,
    cell: ({ id, name }) => (
      <Link to="/alerts" search={{ tab: "rules", rule: id }}>
        <Foreign text={name} />
      </Link>
    ),
  },
  {
    id: "when",
    head: words.when,
    look: "wide",
    cell: (rule) =>
      rule.shipped === "at_once" ? (
        words.at_once
      ) : (
        <>
          {triggerWords(rule.definition)}
          <div className={table.muted}>
            <Foreign text={lookWords(rule.definition.filter)} />
          </div>
        </>
      ),
  },
  { id: "through", head: words.through, cell: (rule) => <Foreign text={through(rule, channels)} /> },
  {
    id: "state",
    head: words.state,
    onCard: "beside",
    cell: ({ enabled, shipped, failure, failingSince }) => (
      <>
        {shipped === "at_once" ? words.locked : enabled ? words.on : words.off}
        {enabled && failure !== null && failingSince !== null ? (
          <div className={`${classes.why} ${classes.failed}`}>
            {words.failed(failure, dateTime(failingSince, zone))}
          </div>
        ) : null}
      </>
    ),
  },
];

/** What is looked for in the log, rule by rule. */
export function RulesPanel({ go }: { go: Go }) {
  const trpc = useTRPC();
  const rules = useRules();
  const channels = useChannels();
  const mayLook = useMay("audit.read");
  const whyNot = useWhyNot() ?? (mayLook ? null : alertsTexts.form.lookNeedsLog);
  const { zone } = usePreferences();
  if (rules.isError) {
    return (
      <FailureNote
        title={texts.failure.title}
        error={rules.error}
        holds={texts.failure.holds}
        onRetry={() => void rules.refetch()}
      />
    );
  }
  return (
    <>
      <div className={classes.acts}>
        <ReasonedButton
          leftSection={<Plus size={16} aria-hidden />}
          reason={whyNot}
          onClick={() => go({ tab: "rules", rule: "new" })}
        >
          {words.add}
        </ReasonedButton>
      </div>
      {rules.isPending && rules.fetchStatus === "idle" ? null : (
        <DataTable label={words.table} columns={columnsOf(channels.data?.items ?? [], zone)} rows={rules.data?.items} />
      )}
      {rules.isPending ? <SlowNote query={rules} queryKey={trpc.alerts.rules.pathKey()} /> : null}
    </>
  );
}
