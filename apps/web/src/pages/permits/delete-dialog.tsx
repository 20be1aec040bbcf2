import { useMutation } from "@tanstack/react-query";
import { type Asked, type Done, type Permit, useTRPC } from "../../api.ts";
import { TypedDeleteDialog } from "../../components/typed-delete-dialog.tsx";
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
  const remove = useMutation(trpc.permits.delete.mutationOptions({ onSuccess: onDeleted }));
  return (
    <TypedDeleteDialog
      title={words.deleteTitle(permit.permitNumber)}
      effect={words.deleteEffect(permit.holderName)}
      verb={words.delete}
      event="permit_delete"
      error={remove.error}
      isWorking={remove.isPending}
      onClose={onClose}
      onDelete={(reason) => remove.mutate({ permitId: permit.id, version: permit.version, reason })}
      onReadAgain={() => {
        remove.reset();
        onReadAgain();
      }}
      label={words.deleteConfirm(permit.permitNumber)}
      differs={words.deleteDiffers(permit.permitNumber)}
      isSame={(typed) => typed.toUpperCase() === permit.permitNumber.toUpperCase()}
    />
  );
}
