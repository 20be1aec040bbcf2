import { type ErasureBasis, erasureBases } from "@countersign/audit/erasure-bases";
import { Button, Modal, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { failureOf, type Receipt, useTRPC } from "../../api.ts";
import dialog from "../../components/act-dialog.module.css";
import { FailureNote } from "../../components/failure-note.tsx";
import { useFocusBack } from "../../components/focus-back.ts";
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
  useFocusBack();
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

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!canErase || record.isPending || !isBasis(basis)) return;
    if (Object.values(problems).some((problem) => problem !== null)) return;
    record.mutate({ ...choice, basis, reason: reason.trim(), confirm: confirm.trim() });
  };
  const readView = () => {
    const text = address.trim();
    if (text !== view.address) setView({ address: text, query: queryOfAddress(text) });
  };
  const isNotConfirmed = record.error ? failureOf(record.error).reason === "not_confirmed" : false;

  return (
    <Modal opened onClose={onClose} title={words.title} size="lg">
      <form className={dialog.dialog} noValidate onSubmit={submit}>
        <p className={dialog.effectText}>{words.intro}</p>
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
        {record.error && !isNotConfirmed ? <FailureNote error={record.error} /> : null}
        <div className={dialog.dialogActions}>
          <Button variant="default" onClick={onClose}>
            {words.cancel}
          </Button>
          {canErase ? (
            <Button type="submit" aria-disabled={record.isPending}>
              {record.isPending
                ? words.working
                : found.total === 0
                  ? words.eraseAccount
                  : words.erase(count(found.total))}
            </Button>
          ) : null}
        </div>
      </form>
    </Modal>
  );
}
