import { type ErasureBasis, erasureBases } from "@countersign/audit/erasure-bases";
import { NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { failureOf, type Receipt, useTRPC } from "../../api.ts";
import { FormDialog } from "../../components/form-dialog.tsx";
import { count } from "../../format.ts";
import { queryOfAddress } from "./address-query.ts";
import { type Chosen, ErasurePerson } from "./erasure-person.tsx";
import { ErasurePreview } from "./erasure-preview.tsx";
import { erasureTexts } from "./erasure-texts.ts";

const words = erasureTexts.form;
const isBasis = (value: string): value is ErasureBasis => Object.hasOwn(erasureBases, value);

type Props = { onClose: () => void; onDone: (receipt: Receipt) => void };

/** Whose data goes, what that is, on what ground, and the name typed once more: in this order, on one sheet. */
export function ErasureDialog({ onClose, onDone }: Props) {
  const trpc = useTRPC();
  const [person, setPerson] = useState<Chosen | null>(null);
  const [address, setAddress] = useState("");
  const [view, setView] = useState<{ address: string; query: ReturnType<typeof queryOfAddress> }>({
    address: "",
    query: null,
  });
  const [basis, setBasis] = useState("");
  const [reason, setReason] = useState("");
  const [confirm, setConfirm] = useState("");
  const [isTried, setTried] = useState(false);
  const isViewWrong = view.address !== "" && view.query === null;
  const choice = {
    ...(person !== null && { userId: person.userId }),
    ...(view.query !== null && { query: view.query }),
  };
  const isChosen = (person !== null || view.query !== null) && !isViewWrong;
  const preview = useQuery({
    ...trpc.erasures.preview.queryOptions(choice),
    enabled: isChosen,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  const record = useMutation(trpc.erasures.record.mutationOptions({ onSuccess: onDone }));
  const found = isChosen ? preview.data : undefined;
  const canErase =
    found !== undefined && found.blocks.length === 0 && (found.total > 0 || found.account === "inactive");
  const problems = {
    basis: isBasis(basis) ? null : words.basisNeeded,
    reason: reason.trim() === "" ? words.reasonNeeded : null,
    confirm: confirm.trim().normalize() === found?.confirm.trim().normalize() ? null : words.confirmWrong,
  };

  const send = () => {
    if (isBasis(basis)) record.mutate({ ...choice, basis, reason: reason.trim(), confirm: confirm.trim() });
  };
  const readView = () => {
    const text = address.trim();
    if (text !== view.address) setView({ address: text, query: queryOfAddress(text) });
  };
  const isNotConfirmed = record.error ? failureOf(record.error).reason === "not_confirmed" : false;

  return (
    <FormDialog
      title={words.title}
      effect={words.intro}
      verb={canErase ? (found.total === 0 ? words.eraseAccount : words.erase(count(found.total))) : null}
      working={words.working}
      cancel={words.cancel}
      error={isNotConfirmed ? null : record.error}
      isWorking={record.isPending}
      isReady={() => {
        setTried(true);
        return Object.values(problems).every((problem) => problem === null);
      }}
      onClose={onClose}
      onSend={send}
      size="lg"
    >
      <ErasurePerson chosen={person} onChoose={setPerson} />
      <TextInput
        label={words.view}
        description={words.viewHint}
        spellCheck={false}
        autoComplete="off"
        maxLength={4000}
        value={address}
        error={isViewWrong ? words.viewWrong : null}
        onChange={(event) => setAddress(event.currentTarget.value)}
        onBlur={readView}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          readView();
        }}
      />
      {isChosen ? (
        <ErasurePreview
          preview={found}
          error={preview.error}
          isReading={preview.isFetching}
          onRetry={() => void preview.refetch()}
        />
      ) : null}
      {canErase ? (
        <>
          <NativeSelect
            label={words.basis}
            description={words.basisHint}
            withAsterisk
            required
            data={[
              { value: "", label: words.basisChoose },
              ...Object.entries(words.bases).map(([value, label]) => ({ value, label })),
            ]}
            value={basis}
            error={isTried && problems.basis}
            onChange={(event) => setBasis(event.currentTarget.value)}
          />
          <Textarea
            label={words.reason}
            description={words.reasonHint}
            withAsterisk
            required
            autosize
            minRows={2}
            maxRows={6}
            maxLength={2000}
            value={reason}
            error={isTried && problems.reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <TextInput
            label={words.confirm(found.confirm)}
            description={words.warning}
            withAsterisk
            required
            autoComplete="off"
            spellCheck={false}
            maxLength={400}
            value={confirm}
            error={((isTried && problems.confirm) || (isNotConfirmed && words.confirmWrong)) ?? null}
            onChange={(event) => setConfirm(event.currentTarget.value)}
          />
        </>
      ) : null}
    </FormDialog>
  );
}
