import { Checkbox } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { failureOf, type Receipt, type User, useTRPC } from "../../api.ts";
import { FailureNote } from "../../components/failure-note.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { FormDialog } from "../../components/form-dialog.tsx";
import { useMay } from "../../me.ts";
import { texts } from "../../texts.ts";
import { useAllRoles } from "./all-roles.ts";
import { useNoteUsers } from "./note-users.ts";
import classes from "./user.module.css";
import { isToldAtFields, problemsOf, UserFields, type UserValues } from "./user-fields.tsx";
import { usersTexts } from "./users-texts.ts";

const words = usersTexts.form;

export type Added = Receipt & { user: User; password: string | null };

type Props = { onClose: () => void; onAdded: (added: Added) => void };

/** Takes what is known of a new user and the roles; a password is made by the server. */
export function AddUserDialog({ onClose, onAdded }: Props) {
  const trpc = useTRPC();
  const noteUsers = useNoteUsers();
  const [values, setValues] = useState<UserValues>({ username: "", name: "", email: "", isMixedMeant: false });
  const [roleIds, setRoleIds] = useState<number[]>([]);
  const [isTried, setTried] = useState(false);
  const create = useMutation(
    trpc.users.create.mutationOptions({
      onSuccess: async (added) => {
        onAdded(added);
        await noteUsers();
      },
    }),
  );
  const failure = create.error ? failureOf(create.error) : null;
  const send = () =>
    create.mutate({
      username: values.username.trim(),
      name: values.name.trim(),
      ...(values.email.trim() !== "" && { email: values.email.trim() }),
      ...(roleIds.length > 0 && { roleIds }),
      ...(values.isMixedMeant && { confirmMixedScripts: true }),
    });
  return (
    <FormDialog
      title={words.addTitle}
      effect={words.addHint}
      verb={words.add}
      working={words.adding}
      cancel={words.cancel}
      error={isToldAtFields(failure) ? null : create.error}
      isWorking={create.isPending}
      isReady={() => {
        setTried(true);
        return Object.values(problemsOf(values)).every((problem) => problem === null);
      }}
      onClose={onClose}
      onSend={send}
    >
      <UserFields values={values} onChange={setValues} isTried={isTried} failure={failure} />
      <RoleChoice roleIds={roleIds} onChange={setRoleIds} />
    </FormDialog>
  );
}

function RoleChoice({ roleIds, onChange }: { roleIds: number[]; onChange: (roleIds: number[]) => void }) {
  const mayAssign = useMay("roles.assign");
  const mayRead = useMay("roles.read");
  const { roles, error, retry } = useAllRoles();
  const missing = mayAssign ? (mayRead ? null : "roles.read") : "roles.assign";
  return (
    <fieldset className={classes.roles}>
      <legend>{words.roles}</legend>
      {missing === null ? (
        <p className={classes.hint}>{words.rolesNone}</p>
      ) : (
        <p className={classes.hint}>{texts.notPermitted.needs(missing)}</p>
      )}
      {error ? <FailureNote error={error} onRetry={retry} /> : null}
      {missing === null
        ? roles.map(({ id, name, lacking }) => (
            <Checkbox
              key={id}
              label={<Foreign text={name} />}
              description={lacking === null ? null : words.lacking(lacking)}
              disabled={lacking !== null}
              checked={roleIds.includes(id)}
              onChange={(event) =>
                onChange(event.currentTarget.checked ? [...roleIds, id] : roleIds.filter((one) => one !== id))
              }
            />
          ))
        : null}
    </fieldset>
  );
}
