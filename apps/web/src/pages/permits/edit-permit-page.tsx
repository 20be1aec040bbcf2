import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { failureOf, type Permit, useTRPC } from "../../api.ts";
import { FailureNote } from "../../components/failure-note.tsx";
import { givenReason } from "../../components/given-reason.ts";
import { NotPermitted } from "../../components/not-permitted.tsx";
import { Page } from "../../components/page.tsx";
import { useMay } from "../../me.ts";
import { handReceipt, useNoteDone } from "../../receipts.ts";
import { texts } from "../../texts.ts";
import { PermitConflict } from "./permit-conflict.tsx";
import classes from "./permit-form.module.css";
import { PermitForm } from "./permit-form.tsx";
import { PermitMissing } from "./permit-page.tsx";
import { isClosed } from "./permit-rules.ts";
import { type PermitValues, updateOf, valuesOf } from "./permit-values.ts";

const route = getRouteApi("/app/permits/$id/edit");

export function EditPermitPage() {
  const { id } = route.useParams();
  const mayUpdate = useMay("permits.update");
  if (!mayUpdate) return <NotPermitted title={texts.permit.edit} feature="permits.update" />;
  return <EditPermit key={id} permitId={Number(id)} />;
}

function EditPermit({ permitId }: { permitId: number }) {
  const trpc = useTRPC();
  // Read once for this form: what stands under the typing must not move.
  const read = useQuery({ ...trpc.permits.read.queryOptions({ permitId }), refetchOnMount: "always", gcTime: 0 });
  const settings = useQuery(trpc.system.settings.queryOptions());
  if (read.isError) return <PermitMissing error={read.error} onRetry={() => void read.refetch()} />;
  if (settings.isError) {
    return (
      <Page title={texts.permit.edit}>
        <FailureNote
          title={texts.failure.title}
          error={settings.error}
          holds={texts.failure.holds}
          onRetry={() => void settings.refetch()}
        />
      </Page>
    );
  }
  if (!read.data || read.isFetching || !settings.data) return <Page title={texts.permit.edit}>{null}</Page>;
  return <Editor opened={read.data.permit} permitTypes={settings.data.permitTypes} />;
}

function Editor({ opened, permitTypes }: { opened: Permit; permitTypes: readonly string[] }) {
  const trpc = useTRPC();
  const navigate = useNavigate();
  const noteDone = useNoteDone();
  const [first] = useState(opened);
  const [sent, setSent] = useState<{ values: PermitValues; reason: string } | null>(null);
  const toPermit = () => void navigate({ to: "/permits/$id", params: { id: String(first.id) } });
  const update = useMutation(
    trpc.permits.update.mutationOptions({
      onSuccess: (done) => {
        noteDone(done);
        handReceipt(`permit:${done.permit.id}`, done);
        toPermit();
      },
    }),
  );
  const failure = update.error ? failureOf(update.error) : null;
  const isStale = failure?.reason === "stale_version";

  const save = (values: PermitValues, reason: string, version: number) => {
    setSent({ values, reason });
    update.mutate({
      permitId: first.id,
      version,
      ...updateOf(valuesOf(first), values),
      ...givenReason(reason),
    });
  };

  return (
    <Page title={texts.form.editTitle(first.permitNumber)}>
      {isClosed(first) ? (
        <p className={classes.hint}>{texts.form.restricted(texts.permitStatus[first.status])}</p>
      ) : null}
      <PermitForm
        initial={valuesOf(first)}
        permitTypes={permitTypes.includes(first.type) ? permitTypes : [first.type, ...permitTypes]}
        {...(isClosed(first) && { open: ["notes"] as const })}
        isNew={false}
        isWorking={update.isPending}
        error={isStale ? null : update.error}
        failure={failure}
        submitLabel={texts.form.save}
        onSubmit={(values, reason) => save(values, reason, first.version)}
        onCancel={toPermit}
      >
        {isStale && sent ? (
          <PermitConflict
            message={failure.message}
            permitId={first.id}
            opened={valuesOf(first)}
            mine={sent.values}
            isWorking={update.isPending}
            onKeepMine={(version) => save(sent.values, sent.reason, version)}
            onTakeTheirs={toPermit}
          />
        ) : null}
      </PermitForm>
    </Page>
  );
}
