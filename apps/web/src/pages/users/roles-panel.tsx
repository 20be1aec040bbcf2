import { NativeSelect } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { type Receipt, type User, useTRPC } from "../../api.ts";
import { ActDialog } from "../../components/act-dialog.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { givenReason } from "../../components/given-reason.ts";
import { ReasonedButton } from "../../components/reasoned-button.tsx";
import { markedText } from "../../marks.ts";
import { useMe } from "../../me.ts";
import { useLostAt } from "../../reach.ts";
import { texts } from "../../texts.ts";
import { useAllRoles } from "./all-roles.ts";
import classes from "./user.module.css";
import { usersTexts } from "./users-texts.ts";

const words = usersTexts.roles;

type Props = { user: User; onDone: (receipt: Receipt) => void };
type Role = User["roles"][number];

/** The roles of a user, given and taken away one by one. */
export function RolesPanel({ user, onDone }: Props) {
  const me = useMe();
  const isLost = useLostAt() !== null;
  const [isGiving, setGiving] = useState(false);
  const [taken, setTaken] = useState<Role | null>(null);
  const needs = (["roles.assign", "roles.read"] as const).find((feature) => !me?.features.includes(feature));
  const whyNot = isLost
    ? texts.failure.offlineReason
    : me?.id === user.id
      ? usersTexts.why.ownRoles
      : needs === undefined
        ? null
        : texts.notPermitted.needs(needs);
  return (
    <section className={classes.panel} aria-labelledby="roles">
      <div className={classes.panelHead}>
        <h2 id="roles" className={classes.section}>
          {words.title}
        </h2>
        <ReasonedButton
          variant="default"
          size="xs"
          leftSection={<Plus size={14} aria-hidden />}
          reason={whyNot}
          onClick={() => setGiving(true)}
        >
          {words.give}
        </ReasonedButton>
      </div>
      {user.roles.length === 0 ? <p className={classes.muted}>{words.none}</p> : null}
      <ul className={classes.lines}>
        {user.roles.map((role) => (
          <li key={role.id} className={classes.line}>
            <span className={classes.pill}>
              <Foreign text={role.name} />
            </span>
            <ReasonedButton
              variant="default"
              size="xs"
              reason={whyNot}
              aria-label={words.takeOf(markedText(role.name))}
              onClick={() => setTaken(role)}
            >
              {words.take}
            </ReasonedButton>
          </li>
        ))}
      </ul>
      {isGiving ? (
        <GiveDialog
          user={user}
          onClose={() => setGiving(false)}
          onDone={(receipt) => {
            setGiving(false);
            onDone(receipt);
          }}
        />
      ) : null}
      {taken ? (
        <TakeDialog
          user={user}
          role={taken}
          onClose={() => setTaken(null)}
          onDone={(receipt) => {
            setTaken(null);
            onDone(receipt);
          }}
        />
      ) : null}
    </section>
  );
}

type DialogProps = Props & { onClose: () => void };

function GiveDialog({ user, onClose, onDone }: DialogProps) {
  const trpc = useTRPC();
  const { roles, error, retry } = useAllRoles();
  const [roleId, setRoleId] = useState("");
  const [isTried, setTried] = useState(false);
  const give = useMutation(trpc.roles.assignUser.mutationOptions({ onSuccess: onDone }));
  const free = roles.filter(({ id }) => !user.roles.some((held) => held.id === id));
  return (
    <ActDialog
      title={words.giveTitle(user.name)}
      effect={words.giveEffect(user.name)}
      verb={words.give}
      event="role_assign_user"
      error={give.error}
      isWorking={give.isPending}
      onClose={onClose}
      isReady={() => {
        setTried(true);
        return roleId !== "";
      }}
      onAct={(reason, wish) =>
        give.mutate({ roleId: Number(roleId), userId: user.id, ...givenReason(reason), ...wish })
      }
    >
      {error ? <FailureNote error={error} onRetry={retry} /> : null}
      <NativeSelect
        label={words.role}
        data={[
          { value: "", label: free.length === 0 && roles.length > 0 ? words.allHeld : words.choose },
          ...free.map(({ id, name, lacking }) => ({
            value: String(id),
            label: lacking === null ? markedText(name) : `${markedText(name)} (${usersTexts.form.lacking(lacking)})`,
            disabled: lacking !== null,
          })),
        ]}
        value={roleId}
        error={isTried && roleId === "" ? words.chooseNeeded : null}
        data-autofocus
        onChange={(event) => setRoleId(event.currentTarget.value)}
      />
    </ActDialog>
  );
}

function TakeDialog({ user, role, onClose, onDone }: DialogProps & { role: Role }) {
  const trpc = useTRPC();
  const take = useMutation(trpc.roles.revokeUser.mutationOptions({ onSuccess: onDone }));
  return (
    <ActDialog
      title={words.takeTitle(role.name, user.name)}
      effect={words.takeEffect(user.name)}
      verb={words.take}
      error={take.error}
      isWorking={take.isPending}
      onClose={onClose}
      onAct={(reason) => take.mutate({ roleId: role.id, userId: user.id, ...givenReason(reason) })}
    />
  );
}
