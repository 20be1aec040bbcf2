import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type Office, type Receipt, useTRPC, useTRPCClient } from "../../api.ts";
import { FailureNote } from "../../components/failure-note.tsx";
import { ReceiptNote } from "../../components/receipt-note.tsx";
import { useLostAt } from "../../reach.ts";
import { texts } from "../../texts.ts";
import { Step } from "./step.tsx";
import classes from "./welcome.module.css";
import { welcomeTexts } from "./welcome-texts.ts";

const words = welcomeTexts.office;

/** The zones that this browser knows by name, UTC first. */
const zones = (): string[] => [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone")])];

/** The office's name and zone, which every page and permit lives by. */
export function OfficeStep({ isDone }: { isDone: boolean }) {
  const trpc = useTRPC();
  const office = useQuery(trpc.system.settings.queryOptions());
  const [done, setDone] = useState<Receipt | null>(null);
  return (
    <Step title={words.title} isDone={isDone}>
      <p className={classes.hint}>{words.hint}</p>
      {office.isError ? <FailureNote error={office.error} onRetry={() => void office.refetch()} /> : null}
      {office.data ? (
        <OfficeForm
          key={`${isDone} ${office.data.office} ${office.data.timeZone}`}
          office={office.data}
          isFirst={!isDone}
          onSaved={setDone}
        />
      ) : null}
      {done ? <ReceiptNote done={done} sentence={words.saved} onDismiss={() => setDone(null)} /> : null}
    </Step>
  );
}

type FormProps = { office: Office; isFirst: boolean; onSaved: (done: Receipt) => void };

function OfficeForm({ office, isFirst, onSaved }: FormProps) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queries = useQueryClient();
  const isLost = useLostAt() !== null;
  const [name, setName] = useState(isFirst ? "" : office.office);
  const [zone, setZone] = useState(isFirst ? Intl.DateTimeFormat().resolvedOptions().timeZone : office.timeZone);
  const [isTried, setTried] = useState(false);
  const save = useMutation({
    mutationFn: async () => {
      const named = await client.settings.change.mutate({ key: "display.office", value: name.trim() });
      const zoned = await client.settings.change.mutate({ key: "display.time_zone", value: zone });
      return zoned.receipt ? zoned : named;
    },
    onSuccess: onSaved,
    onSettled: () => {
      void queries.invalidateQueries(trpc.system.settings.queryFilter());
      void queries.invalidateQueries(trpc.welcome.state.queryFilter());
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (name.trim() !== "" && !save.isPending && !isLost) save.mutate();
  };
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <TextInput
        label={words.name}
        autoComplete="organization"
        maxLength={120}
        value={name}
        error={isTried && name.trim() === "" ? words.needed : null}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <NativeSelect
        label={words.zone}
        value={zone}
        data={zones()}
        onChange={(event) => setZone(event.currentTarget.value)}
      />
      {save.error ? <FailureNote error={save.error} /> : null}
      <div>
        <Button type="submit" variant="default" aria-disabled={save.isPending || isLost}>
          {save.isPending ? words.saving : words.save}
        </Button>
      </div>
      {isLost ? <p className={classes.hint}>{texts.failure.offlineReason}</p> : null}
    </form>
  );
}
