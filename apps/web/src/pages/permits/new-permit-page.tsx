import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { failureOf, useTRPC } from "../../api.ts";
import { FailureNote } from "../../components/failure-note.tsx";
import { NotPermitted } from "../../components/not-permitted.tsx";
import { Page } from "../../components/page.tsx";
import { dateIn } from "../../format.ts";
import { useMay } from "../../me.ts";
import { handReceipt, useNoteDone } from "../../receipts.ts";
import { texts } from "../../texts.ts";
import classes from "./permit-form.module.css";
import { PermitForm } from "./permit-form.tsx";
import { creationOf } from "./permit-values.ts";

export function NewPermitPage() {
  const mayCreate = useMay("permits.create");
  if (!mayCreate) return <NotPermitted title={texts.form.createTitle} feature="permits.create" />;
  return <NewPermit />;
}

function NewPermit() {
  const trpc = useTRPC();
  const navigate = useNavigate();
  const noteDone = useNoteDone();
  const settings = useQuery(trpc.system.settings.queryOptions());
  const create = useMutation(
    trpc.permits.create.mutationOptions({
      onSuccess: (done) => {
        noteDone(done);
        handReceipt(`permit:${done.permit.id}`, done);
        return navigate({ to: "/permits/$id", params: { id: String(done.permit.id) } });
      },
    }),
  );
  return (
    <Page title={texts.form.createTitle}>
      <p className={classes.hint}>{texts.form.createHint}</p>
      {settings.isError ? <FailureNote error={settings.error} onRetry={() => void settings.refetch()} /> : null}
      {settings.data ? (
        <PermitForm
          initial={{
            type: settings.data.permitTypes[0] ?? "",
            holderName: "",
            holderContact: "",
            site: "",
            validFrom: dateIn(settings.data.timeZone, Date.now()),
            validTo: dateIn(settings.data.timeZone, Date.now(), settings.data.defaultValidDays - 1),
            notes: "",
          }}
          permitTypes={settings.data.permitTypes}
          isNew
          isWorking={create.isPending}
          error={create.error}
          failure={create.error ? failureOf(create.error) : null}
          submitLabel={texts.form.create}
          onSubmit={(values) => create.mutate(creationOf(values))}
          onCancel={() => void navigate({ to: "/permits" })}
        />
      ) : null}
    </Page>
  );
}
