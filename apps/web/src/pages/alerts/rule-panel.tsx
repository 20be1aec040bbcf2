import type { RuleDefinition } from "@countersign/audit/alerts/rule";
import { weakensRule } from "@countersign/audit/weakening";
import { Button, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { type AlertRule, type Channel, failureOf, useTRPC } from "../../api.ts";
import { ActDialog } from "../../components/act-dialog.tsx";
import { approvalTexts } from "../../components/approval-texts.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { focusFirstWrong } from "../../components/first-wrong.ts";
import { Foreign } from "../../components/foreign.tsx";
import { givenReason } from "../../components/given-reason.ts";
import { useApprovalsInForce } from "../../components/needs-approval.ts";
import { type PartQuery, QueryBody } from "../../components/query-body.tsx";
import { ReasonedButton } from "../../components/reasoned-button.tsx";
import { useMay } from "../../me.ts";
import { texts } from "../../texts.ts";
import classes from "./alerts.module.css";
import type { Go, Show } from "./alerts-page.tsx";
import { alertsTexts } from "./alerts-texts.ts";
import { BackTestPanel } from "./back-test-panel.tsx";
import { useKeptDraft } from "./kept-draft.ts";
import { definitionOf, type RuleDraft } from "./rule-draft.ts";
import { RuleFields } from "./rule-fields.tsx";
import { useChannels, useReadAnew, useRules, useWhyNot } from "./use-alerts.ts";

const words = alertsTexts.form;

type Props = { wanted: number | "new"; go: Go; show: Show };

/** One rule, or a new one: what it looks for and when it speaks, and beside it what it would have sent. */
export function RulePanel({ wanted, go, show }: Props) {
  const trpc = useTRPC();
  const rules = useRules();
  const channels = useChannels();
  const rule = wanted === "new" ? null : rules.data?.items.find(({ id }) => id === wanted);
  const back = (
    <Button
      variant="default"
      size="xs"
      leftSection={<ArrowLeft size={14} aria-hidden />}
      onClick={() => go({ tab: "rules" })}
    >
      {words.back}
    </Button>
  );
  const unread = [rules, channels].find(({ data }) => data === undefined);
  if (unread) {
    return (
      <QueryBody title={words.ofRule} query={unread as PartQuery<unknown>} queryKey={trpc.alerts.pathKey()} rows={6}>
        {() => null}
      </QueryBody>
    );
  }
  if (rule === undefined)
    return (
      <EmptyState title={words.gone} actions={back}>
        {words.goneHow}
      </EmptyState>
    );
  return (
    <>
      <div className={classes.acts}>{back}</div>
      <RuleForm
        // A rule that somebody else changed meanwhile is read anew.
        key={rule?.version ?? 0}
        rule={rule}
        channels={channels.data?.items ?? []}
        go={go}
        show={show}
      />
    </>
  );
}

/** The rule as it would be saved. */
const nextOf = (rule: AlertRule, draft: RuleDraft, definition: RuleDefinition): AlertRule => {
  const { channelIds, enabled } = draft;
  if (rule.shipped !== "at_once") return { ...rule, definition, channelIds, enabled };
  return { ...rule, definition: { ...rule.definition, cooldownMinutes: definition.cooldownMinutes }, channelIds };
};

type FormProps = { rule: AlertRule | null; channels: readonly Channel[]; go: Go; show: Show };

function RuleForm({ rule, channels, go, show }: FormProps) {
  const trpc = useTRPC();
  const readAnew = useReadAnew();
  const mayLook = useMay("audit.read");
  const whyNot = useWhyNot();
  const whyNotSave = whyNot ?? (rule === null && !mayLook ? words.lookNeedsLog : null);
  const { draft, isKept, change, forget, startOver } = useKeptDraft(rule);
  const heading = useRef<HTMLHeadingElement>(null);
  // The link that led here is gone.
  useEffect(() => heading.current?.focus(), []);
  const [isTried, setTried] = useState(false);
  const [isRemoving, setRemoving] = useState(false);
  const [reason, setReason] = useState("");
  const definition = definitionOf(draft);
  const name = draft.name.trim();
  const created = trpc.alerts.createRule.mutationOptions({
    onSuccess: (done) => {
      forget();
      show(done, draft.enabled ? words.saved(name) : words.savedOff(name));
      go({ tab: "rules" });
    },
  });
  const updated = trpc.alerts.updateRule.mutationOptions({
    onSuccess: (done) => {
      forget();
      show(done, draft.enabled ? words.saved(name) : words.savedOff(name));
    },
  });
  const create = useMutation(created);
  const update = useMutation(updated);
  const error = create.error ?? update.error;
  const isWorking = create.isPending || update.isPending;
  const isAtOnce = rule?.shipped === "at_once";
  const pause = useRules().data?.cooldownMinutes ?? 0;
  const isInForce = useApprovalsInForce();
  const waits =
    isInForce && rule !== null && definition !== null && weakensRule(rule, nextOf(rule, draft, definition), pause);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setTried(true);
    if (isWorking || whyNotSave !== null) return;
    if (name === "" || definition === null || (waits && reason.trim() === "")) {
      focusFirstWrong(event.currentTarget);
      return;
    }
    const why = reason.trim() === "" ? {} : { reason: reason.trim() };
    const { channelIds, enabled } = draft;
    if (rule === null) create.mutate({ name, definition: definition as never, channelIds, enabled });
    else {
      const { cooldownMinutes } = definition;
      const looked = mayLook ? { definition: definition as never } : { cooldownMinutes };
      const change = isAtOnce ? { cooldownMinutes } : { name, enabled, ...looked };
      update.mutate({ ruleId: rule.id, version: rule.version, channelIds, ...change, ...why });
    }
  };

  return (
    <div className={classes.columns}>
      <form className={classes.panel} noValidate onSubmit={submit} aria-label={rule?.name ?? words.new}>
        <h2 ref={heading} tabIndex={-1} className={classes.section}>
          {rule === null ? words.new : <Foreign text={rule.name} />}
        </h2>
        {isKept ? (
          <p className={classes.kept} role="status">
            {words.kept}
            <Button variant="default" size="xs" onClick={startOver}>
              {words.startOver}
            </Button>
          </p>
        ) : null}
        <RuleFields draft={draft} rule={rule} channels={channels} isTried={isTried} onChange={change} />
        {waits ? (
          <Textarea
            label={texts.permit.reason}
            description={`${approvalTexts.needed} ${approvalTexts.reason}`}
            withAsterisk
            required
            autosize
            minRows={2}
            maxRows={6}
            maxLength={2_000}
            value={reason}
            error={isTried && reason.trim() === "" ? texts.permit.reasonNeeded : null}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        ) : null}
        {error ? (
          <FailureNote
            error={error}
            {...(failureOf(error).reason === "stale_version" && {
              onRetry: readAnew,
              retryLabel: texts.failure.readAgain,
            })}
          />
        ) : null}
        <div className={classes.formActs}>
          {rule === null ? null : (
            <ReasonedButton
              variant="default"
              reason={rule.shipped === null ? whyNot : words.shipped}
              onClick={() => setRemoving(true)}
            >
              {words.remove}
            </ReasonedButton>
          )}
          {whyNotSave === null ? (
            <Button type="submit" aria-disabled={isWorking}>
              {isWorking ? words.saving : waits ? approvalTexts.verb : words.save}
            </Button>
          ) : (
            <ReasonedButton reason={whyNotSave} onClick={() => undefined}>
              {words.save}
            </ReasonedButton>
          )}
        </div>
      </form>
      <BackTestPanel
        definition={definition}
        isAtOnce={isAtOnce}
        whyNot={whyNot ?? (mayLook ? null : words.testNeedsLog)}
      />
      {isRemoving && rule ? (
        <RemoveDialog
          rule={rule}
          onClose={() => setRemoving(false)}
          onDone={(done) => {
            show(done, words.removed(rule.name));
            go({ tab: "rules" });
          }}
        />
      ) : null}
    </div>
  );
}

type RemoveProps = { rule: AlertRule; onClose: () => void; onDone: (done: Parameters<Show>[0]) => void };

function RemoveDialog({ rule, onClose, onDone }: RemoveProps) {
  const trpc = useTRPC();
  const remove = useMutation(trpc.alerts.deleteRule.mutationOptions({ onSuccess: onDone }));
  return (
    <ActDialog
      title={words.removeTitle(rule.name)}
      effect={words.removeEffect}
      verb={words.remove}
      error={remove.error}
      isWorking={remove.isPending}
      onClose={onClose}
      onAct={(reason) => remove.mutate({ ruleId: rule.id, version: rule.version, ...givenReason(reason) })}
    />
  );
}
