import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { type Receipt, useTRPC } from "../../api.ts";
import { ActDialog } from "../../components/act-dialog.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { givenReason } from "../../components/given-reason.ts";
import { ReasonedButton } from "../../components/reasoned-button.tsx";
import { markedText } from "../../marks.ts";
import { useMay, useMe } from "../../me.ts";
import { useLostAt } from "../../reach.ts";
import { texts } from "../../texts.ts";
import { useNoteRoles } from "./role-changes.ts";
import { lackedOf, type Role } from "./role-draft.ts";
import classes from "./roles.module.css";
import { rolesTexts } from "./roles-texts.ts";

const words = rolesTexts.members;

type Person = { id: number; name: string };
type Props = { role: Role; people: readonly Person[]; onDone: (done: Receipt) => void };

/** Who holds the role; people are added and removed here, oneself never. */
export function MembersPanel({ role, people, onDone }: Props) {
  const me = useMe();
  const mayAssign = useMay("roles.assign");
  const mayReadUsers = useMay("users.read");
  const isLost = useLostAt() !== null;
  const [isAdding, setAdding] = useState(false);
  const [removed, setRemoved] = useState<Person | null>(null);
  const lacked = lackedOf(me, role);
  const off = isLost ? texts.failure.offlineReason : mayAssign ? null : rolesTexts.whyNot.assign;
  const whyNotAdd =
    off ?? (lacked ? rolesTexts.whyNot.assignLacking(lacked) : mayReadUsers ? null : rolesTexts.whyNot.readUsers);
  return (
    <section className={classes.panel} aria-labelledby="members">
      <div className={classes.panelHead}>
        <h2 id="members" className={classes.section}>
          {words.title} <span className={classes.muted}>{role.userCount}</span>
        </h2>
        <ReasonedButton
          variant="default"
          size="xs"
          reason={whyNotAdd}
          leftSection={<UserPlus size={14} aria-hidden />}
          onClick={() => setAdding(true)}
        >
          {words.add}
        </ReasonedButton>
      </div>
      {people.length === 0 ? <p className={classes.muted}>{words.none}</p> : null}
      <ul className={classes.members}>
        {people.map((person) => (
          <li key={person.id}>
            <PersonName person={person} isLink={mayReadUsers} />
            {person.id === me?.id ? <span className={classes.muted}>{words.self}</span> : null}
            <ReasonedButton
              variant="subtle"
              size="compact-xs"
              aria-label={words.removeOf(markedText(person.name))}
              reason={off ?? (person.id === me?.id ? words.whySelf : null)}
              onClick={() => setRemoved(person)}
            >
              {words.remove}
            </ReasonedButton>
          </li>
        ))}
      </ul>
      {role.userCount > people.length ? (
        <p className={classes.muted}>{words.shown(people.length, role.userCount)}</p>
      ) : null}
      {isAdding ? <AddDialog role={role} onClose={() => setAdding(false)} onDone={onDone} /> : null}
      {removed ? <RemoveDialog role={role} person={removed} onClose={() => setRemoved(null)} onDone={onDone} /> : null}
    </section>
  );
}

const userPath = (id: number): string => `/users/${id}`;

function PersonName({ person, isLink }: { person: Person; isLink: boolean }) {
  const name = <Foreign text={person.name} />;
  return isLink ? (
    <Link to={userPath(person.id)} preload={false}>
      {name}
    </Link>
  ) : (
    name
  );
}

type DialogProps = { role: Role; onClose: () => void; onDone: (done: Receipt) => void };

function AddDialog({ role, onClose, onDone }: DialogProps) {
  const trpc = useTRPC();
  const noteRoles = useNoteRoles();
  const me = useMe();
  const [userId, setUserId] = useState<string | null>(null);
  const [isMissing, setMissing] = useState(false);
  const [typed, setTyped] = useState("");
  const [search] = useDebouncedValue(typed.trim(), 200);
  const users = useQuery({
    ...trpc.users.list.queryOptions({ status: "active", limit: 50, ...(search !== "" && { search }) }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  const assign = useMutation(
    trpc.roles.assignUser.mutationOptions({
      onSuccess: async (done) => {
        await noteRoles();
        onDone(done);
        onClose();
      },
    }),
  );
  const choices = (users.data?.items ?? [])
    .filter(({ id, roles }) => id !== me?.id && !roles.some((held) => held.id === role.id))
    .map(({ id, name, username }) => ({ value: String(id), label: markedText(`${name} (${username})`) }));
  return (
    <ActDialog
      title={words.addTitle(role.name)}
      effect={words.addEffect(role.features.length)}
      verb={words.give}
      event="role_assign_user"
      error={assign.error ?? users.error}
      isWorking={assign.isPending}
      onClose={onClose}
      isReady={() => {
        setMissing(userId === null);
        return userId !== null;
      }}
      onAct={(reason, wish) =>
        assign.mutate({ roleId: role.id, userId: Number(userId), ...givenReason(reason), ...wish })
      }
    >
      <Select
        label={words.person}
        placeholder={words.find}
        searchable
        data={choices}
        value={userId}
        onChange={setUserId}
        onSearchChange={(value) => setTyped(choices.some((choice) => choice.label === value) ? "" : value)}
        nothingFoundMessage={words.nobody}
        error={isMissing && userId === null ? words.personNeeded : null}
        data-autofocus
        comboboxProps={{ withinPortal: true }}
      />
    </ActDialog>
  );
}

function RemoveDialog({ role, person, onClose, onDone }: DialogProps & { person: Person }) {
  const trpc = useTRPC();
  const noteRoles = useNoteRoles();
  const revoke = useMutation(
    trpc.roles.revokeUser.mutationOptions({
      onSuccess: async (done) => {
        await noteRoles();
        onDone(done);
        onClose();
      },
    }),
  );
  return (
    <ActDialog
      title={words.removeTitle(person.name, role.name)}
      effect={words.removeEffect(person.name)}
      verb={words.take}
      error={revoke.error}
      isWorking={revoke.isPending}
      onClose={onClose}
      onAct={(reason) => revoke.mutate({ roleId: role.id, userId: person.id, ...givenReason(reason) })}
    />
  );
}
