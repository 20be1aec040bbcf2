import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { failureOf, type Receipt, type User, useTRPC } from "../../api.ts";
import { ActDialog } from "../../components/act-dialog.tsx";
import { givenReason } from "../../components/given-reason.ts";
import { TypedDeleteDialog } from "../../components/typed-delete-dialog.tsx";
import { isToldAtFields, problemsOf, UserFields, type UserValues } from "./user-fields.tsx";
import { usersTexts } from "./users-texts.ts";

const words = usersTexts.acts;

export type DialogProps = {
  user: User;
  onClose: () => void;
  /** `sentence` says what the page itself does not show. */
  onDone: (receipt: Receipt, sentence?: string, password?: string) => void;
  onDeleted: (receipt: Receipt) => void;
  onReadAgain: () => void;
};

export function EditDialog({ user, onClose, onDone, onReadAgain }: DialogProps) {
  const trpc = useTRPC();
  const [values, setValues] = useState<UserValues>({
    username: user.username,
    name: user.name,
    email: user.email ?? "",
    isMixedMeant: false,
  });
  const [isTried, setTried] = useState(false);
  const update = useMutation(trpc.users.update.mutationOptions({ onSuccess: (done) => onDone(done) }));
  const failure = update.error ? failureOf(update.error) : null;
  const next = { username: values.username.trim(), name: values.name.trim(), email: values.email.trim() || null };
  const patch = {
    ...(next.username !== user.username && { username: next.username }),
    ...(next.name !== user.name && { name: next.name }),
    ...(next.email !== user.email && { email: next.email }),
  };
  const isUnchanged = Object.keys(patch).length === 0;
  return (
    <ActDialog
      title={words.editTitle(user.name)}
      effect={words.editEffect}
      verb={words.save}
      error={isToldAtFields(failure) ? null : update.error}
      isWorking={update.isPending}
      onClose={onClose}
      isReady={() => {
        setTried(true);
        return !isUnchanged && Object.values(problemsOf(values)).every((problem) => problem === null);
      }}
      onAct={(reason) =>
        update.mutate({
          userId: user.id,
          version: user.version,
          ...patch,
          ...(values.isMixedMeant && { confirmMixedScripts: true }),
          ...givenReason(reason),
        })
      }
      onReadAgain={() => {
        update.reset();
        onReadAgain();
      }}
    >
      <UserFields values={values} onChange={setValues} isTried={isTried} failure={failure} isFixed={user.isProtected} />
      {isTried && isUnchanged ? <p role="status">{usersTexts.form.unchanged}</p> : null}
    </ActDialog>
  );
}

export function ActivateDialog({ user, onClose, onDone, onReadAgain }: DialogProps) {
  const trpc = useTRPC();
  const activate = useMutation(trpc.users.activate.mutationOptions({ onSuccess: (done) => onDone(done) }));
  return (
    <ActDialog
      title={words.activateTitle(user.name)}
      effect={words.activateEffect(user.name)}
      verb={words.activate}
      error={activate.error}
      isWorking={activate.isPending}
      onClose={onClose}
      onAct={(reason) => activate.mutate({ userId: user.id, version: user.version, ...givenReason(reason) })}
      onReadAgain={() => {
        activate.reset();
        onReadAgain();
      }}
    />
  );
}

export function DeactivateDialog({ user, onClose, onDone, onReadAgain }: DialogProps) {
  const trpc = useTRPC();
  const deactivate = useMutation(trpc.users.deactivate.mutationOptions({ onSuccess: (done) => onDone(done) }));
  return (
    <ActDialog
      title={words.deactivateTitle(user.name)}
      effect={words.deactivateEffect(user.name)}
      verb={words.deactivate}
      event="user_deactivate"
      needsReason
      error={deactivate.error}
      isWorking={deactivate.isPending}
      onClose={onClose}
      onAct={(reason, wish) => deactivate.mutate({ userId: user.id, version: user.version, reason, ...wish })}
      onReadAgain={() => {
        deactivate.reset();
        onReadAgain();
      }}
    />
  );
}

export function ResetPasswordDialog({ user, onClose, onDone }: DialogProps) {
  const trpc = useTRPC();
  const reset = useMutation(
    trpc.users.resetPassword.mutationOptions({
      onSuccess: (done) => onDone(done, usersTexts.reset(user.name, done.sessionsEnded), done.password),
    }),
  );
  return (
    <ActDialog
      title={words.resetTitle(user.name)}
      effect={words.resetEffect(user.name)}
      verb={words.resetPassword}
      error={reset.error}
      isWorking={reset.isPending}
      onClose={onClose}
      onAct={(reason) => reset.mutate({ userId: user.id, ...givenReason(reason) })}
    />
  );
}

export function DeleteDialog({ user, onClose, onDeleted, onReadAgain }: DialogProps) {
  const trpc = useTRPC();
  const remove = useMutation(trpc.users.delete.mutationOptions({ onSuccess: onDeleted }));
  return (
    <TypedDeleteDialog
      title={words.deleteTitle(user.name)}
      effect={words.deleteEffect(user.name)}
      verb={words.delete}
      event="user_delete"
      error={remove.error}
      isWorking={remove.isPending}
      onClose={onClose}
      onDelete={(reason) => remove.mutate({ userId: user.id, version: user.version, reason })}
      onReadAgain={() => {
        remove.reset();
        onReadAgain();
      }}
      label={words.deleteConfirm(user.username)}
      differs={words.deleteDiffers(user.username)}
      isSame={(typed) => typed === user.username}
    />
  );
}
