import { severities } from "@countersign/audit/catalogue";
import { weakensEventType } from "@countersign/audit/weakening";
import { Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { failureOf, type Receipt, useTRPC } from "../../api.ts";
import { approvalTexts } from "../../components/approval-texts.ts";
import { FailureNote } from "../../components/failure-note.tsx";
import { givenReason } from "../../components/given-reason.ts";
import { useApprovalsInForce } from "../../components/needs-approval.ts";
import { ReasonedButton } from "../../components/reasoned-button.tsx";
import { useLostAt } from "../../reach.ts";
import { texts } from "../../texts.ts";
import classes from "./catalogue.module.css";
import { catalogueTexts } from "./catalogue-texts.ts";
import { defaultsOf, differing, type EventTypeEntry, effectsOf, type TypeValues, valuesOf } from "./event-types.ts";

const words = catalogueTexts.form;

export type FormProps = {
  type: EventTypeEntry;
  /** How many of its events the last 30 days brought, as far as that is known. */
  inMonth: number | undefined;
  onSaved: (done: Receipt) => void;
  onCancel?: () => void;
};

/** Sets an event type for the events that follow, and says so before. */
export function TypeForm({ type, inMonth, onSaved, onCancel }: FormProps) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const isLost = useLostAt() !== null;
  const effectId = useId();
  const [before, setBefore] = useState(() => valuesOf(type));
  const [values, setValues] = useState<TypeValues>(before);
  const [reason, setReason] = useState("");
  const readAgain = () => queries.invalidateQueries(trpc.eventTypes.list.queryFilter());
  const update = useMutation(
    trpc.eventTypes.update.mutationOptions({
      onSuccess: async (done) => {
        queries.removeQueries({ ...trpc.audit.pathFilter(), type: "inactive" });
        setReason("");
        if (done.outcome === "pending") {
          setValues(before);
          return onSaved(done);
        }
        void queries.invalidateQueries(trpc.system.settings.queryFilter());
        await readAgain();
        setBefore(valuesOf(done.eventType));
        setValues(valuesOf(done.eventType));
        onSaved(done);
      },
    }),
  );
  const changed = differing(before, values);
  const defaults = defaultsOf(type);
  const waits = useApprovalsInForce() && weakensEventType(before, values);
  const lacksReason = waits && reason.trim() === "";
  const note = isLost
    ? texts.failure.offlineReason
    : changed.length === 0
      ? words.unchanged
      : lacksReason
        ? texts.permit.reasonNeeded
        : null;
  const isStale = update.error ? failureOf(update.error).reason === "stale_version" : false;
  const set = (patch: Partial<TypeValues>) => setValues((now) => ({ ...now, ...patch }));
  const save = () => {
    if (update.isPending) return;
    const patch = Object.fromEntries(changed.map((field) => [field, values[field]]));
    update.mutate({
      code: type.code,
      version: type.version,
      ...patch,
      ...givenReason(reason),
    });
  };

  return (
    <fieldset className={classes.form} aria-describedby={effectId}>
      <legend className={classes.formLegend}>{words.label(type.name)}</legend>
      <div className={classes.fields}>
        <Checkbox
          label={words.enabled}
          description={type.locked ? words.always : null}
          checked={values.enabled}
          disabled={type.locked}
          onChange={(event) => set({ enabled: event.currentTarget.checked })}
        />
        <NativeSelect
          label={words.severity}
          data={severities.map((value) => ({ value, label: texts.severity[value] }))}
          value={values.severity}
          onChange={(event) => set({ severity: event.currentTarget.value })}
        />
        <NativeSelect
          label={words.policy}
          data={Object.entries(catalogueTexts.policies).map(([value, label]) => ({ value, label }))}
          value={values.policy}
          onChange={(event) => set({ policy: event.currentTarget.value })}
        />
        {type.catalogue?.approvalOffered ? (
          <NativeSelect
            label={words.approval}
            description={words.approvalNote}
            data={Object.entries(catalogueTexts.approvalChoices).map(([value, label]) => ({ value, label }))}
            value={values.approval}
            onChange={(event) => set({ approval: event.currentTarget.value })}
          />
        ) : (
          <div className={classes.fixed}>
            <span>{words.approval}</span>
            <span className={classes.muted}>{words.approvalNone}</span>
          </div>
        )}
        <Checkbox
          label={words.notify}
          description={words.notifyNote}
          checked={values.notify}
          onChange={(event) => set({ notify: event.currentTarget.checked })}
        />
        <TextInput
          label={waits ? texts.permit.reason : `${texts.permit.reason} (${texts.permit.optional})`}
          description={waits ? words.waits : texts.permit.reasonHint}
          required={waits}
          maxLength={2_000}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      </div>
      <div id={effectId} role="status" className={classes.effects}>
        {changed.length > 0 ? (
          <>
            <strong>{words.effect}</strong>
            <ul>
              {effectsOf(before, values, inMonth).map((effect) => (
                <li key={effect}>{effect}</li>
              ))}
            </ul>
          </>
        ) : null}
      </div>
      {update.error ? (
        <FailureNote
          error={update.error}
          {...(isStale && {
            onRetry: () => {
              update.reset();
              void readAgain();
            },
            retryLabel: texts.failure.readAgain,
          })}
        />
      ) : null}
      <div className={classes.formActions}>
        <ReasonedButton reason={note} onClick={save}>
          {update.isPending ? texts.permit.working : waits ? approvalTexts.verb : words.save}
        </ReasonedButton>
        {onCancel ? (
          <Button variant="default" onClick={onCancel}>
            {words.cancel}
          </Button>
        ) : null}
        {defaults !== null && differing(defaults, values).length > 0 ? (
          <Button variant="subtle" onClick={() => setValues(defaults)}>
            {words.defaults}
          </Button>
        ) : null}
      </div>
    </fieldset>
  );
}
