import { TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { type Asked, type Done, type Permit, useTRPC } from "../../api.ts";
import { ActDialog } from "../../components/act-dialog.tsx";
import { texts } from "../../texts.ts";

const words = texts.permit;

type Props = {
  permit: Permit;
  onClose: () => void;
  onDeleted: (receipt: Pick<Done, "outcome" | "receipt"> | Asked) => void;
  onReadAgain: () => void;
};

/** Removes a permit once its number was typed. */
export function DeleteDialog({ permit, onClose, onDeleted, onReadAgain }: Props) {
  const trpc = useTRPC();
  const [typed, setTyped] = useState("");
  const [isTried, setTried] = useState(false);
  const remove = useMutation(trpc.permits.delete.mutationOptions({ onSuccess: onDeleted }));
  const isSame = typed.trim().toUpperCase() === permit.permitNumber.toUpperCase();
  return (
    <ActDialog
      title={words.deleteTitle(permit.permitNumber)}
      effect={words.deleteEffect(permit.holderName)}
      verb={words.delete}
      event="permit_delete"
      needsReason
      error={remove.error}
      isWorking={remove.isPending}
      onClose={onClose}
      isReady={() => {
        setTried(true);
        return isSame;
      }}
      onAct={(reason) => remove.mutate({ permitId: permit.id, version: permit.version, reason })}
      onReadAgain={() => {
        remove.reset();
        onReadAgain();
      }}
    >
      <TextInput
        label={words.deleteConfirm(permit.permitNumber)}
        autoComplete="off"
        spellCheck={false}
        withAsterisk
        required
        data-autofocus
        value={typed}
        error={isTried && !isSame ? words.deleteDiffers(permit.permitNumber) : null}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </ActDialog>
  );
}
