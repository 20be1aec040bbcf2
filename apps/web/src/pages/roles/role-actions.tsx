import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { type Receipt, useTRPC } from "../../api.ts";
import { ActDialog } from "../../components/act-dialog.tsx";
import { ActMenu } from "../../components/act-menu.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { givenReason } from "../../components/given-reason.ts";
import { usePageActions } from "../../components/page-actions.ts";
import { ReasonedButton } from "../../components/reasoned-button.tsx";
import { markedText } from "../../marks.ts";
import { useMay, useMe } from "../../me.ts";
import { useLostAt } from "../../reach.ts";
import { handReceipt } from "../../receipts.ts";
import { texts } from "../../texts.ts";
import { useNoteRoles } from "./role-changes.ts";
import { RoleDialog } from "./role-dialog.tsx";
import { lackedOf, type Role } from "./role-draft.ts";
import classes from "./roles.module.css";
import { rolesTexts as words } from "./roles-texts.ts";

const useManageReason = (): string | null => {
  const mayManage = useMay("roles.manage");
  const isLost = useLostAt() !== null;
  return isLost ? texts.failure.offlineReason : mayManage ? null : words.whyNot.manage;
};

/** Adds a role and leads to its page; from another role it begins with the rights of that one that one holds. */
function CreateDialog({
  from,
  onClose,
  onAsked,
}: {
  from: Role | null;
  onClose: () => void;
  onAsked: (asked: Receipt) => void;
}) {
  const trpc = useTRPC();
  const navigate = useNavigate();
  const noteRoles = useNoteRoles();
  const me = useMe();
  const features = from?.features.filter((feature) => me?.features.includes(feature)) ?? [];
  const lacking = from?.features.filter((feature) => !features.includes(feature)) ?? [];
  const create = useMutation(
    trpc.roles.create.mutationOptions({
      onSuccess: async (done) => {
        await noteRoles();
        if (done.outcome === "pending") {
          onAsked(done);
          return onClose();
        }
        handReceipt(`role:${done.role.id}`, done, words.created(done.role.name));
        onClose();
        await navigate({ to: "/roles/$id", params: { id: String(done.role.id) } });
      },
    }),
  );
  return (
    <RoleDialog
      title={from ? words.copyTitle(from.name) : words.newTitle}
      effect={from ? words.copyEffect(features.length) : words.newEffect}
      remark={lacking.length > 0 ? words.copyLacking(lacking) : null}
      verb={words.create}
      initial={
        from
          ? { name: words.copyName(from.name).slice(0, 100), description: from.description }
          : { name: "", description: "" }
      }
      error={create.error}
      isWorking={create.isPending}
      onClose={onClose}
      event="role_create"
      onAct={({ name, description, reason }) => create.mutate({ name, description, features, ...givenReason(reason) })}
    />
  );
}

export function NewRoleButton({ onAsked }: { onAsked: (asked: Receipt) => void }) {
  const reason = useManageReason();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <ReasonedButton reason={reason} leftSection={<Plus size={16} aria-hidden />} onClick={() => setOpen(true)}>
        {words.new}
      </ReasonedButton>
      {isOpen ? <CreateDialog from={null} onClose={() => setOpen(false)} onAsked={onAsked} /> : null}
    </>
  );
}

type Props = { role: Role; onDone: (done: Receipt) => void };
type Act = "edit" | "duplicate" | "delete";

/** What can be done with a role as a whole, and why not what cannot. */
export function RoleActions({ role, onDone }: Props) {
  const me = useMe();
  const manage = useManageReason();
  const [act, setAct] = useState<Act | null>(null);
  const lacked = lackedOf(me, role);
  const whyNotDelete =
    manage ??
    (role.shipped === "administrator"
      ? words.whyNot.deleteProtected
      : lacked
        ? words.whyNot.deleteLacking(lacked)
        : null);
  const close = () => setAct(null);
  const acts = [
    { label: words.edit, reason: manage, onClick: () => setAct("edit") },
    { label: words.duplicate, reason: manage, onClick: () => setAct("duplicate") },
    { label: words.delete, reason: whyNotDelete, onClick: () => setAct("delete") },
  ];
  usePageActions(
    markedText(role.name),
    acts.filter(({ reason }) => reason === null).map(({ label, onClick }) => ({ label, run: onClick })),
  );
  return (
    <>
      <ActMenu label={texts.permit.more} acts={acts} />
      {act === "edit" ? <EditDialog role={role} onClose={close} onDone={onDone} /> : null}
      {act === "duplicate" ? <CreateDialog from={role} onClose={close} onAsked={onDone} /> : null}
      {act === "delete" ? <DeleteDialog role={role} onClose={close} onDone={onDone} /> : null}
    </>
  );
}

function EditDialog({ role, onClose, onDone }: Props & { onClose: () => void }) {
  const trpc = useTRPC();
  const noteRoles = useNoteRoles();
  const update = useMutation(
    trpc.roles.update.mutationOptions({
      onSuccess: async (done) => {
        await noteRoles();
        onDone(done);
        onClose();
      },
    }),
  );
  return (
    <RoleDialog
      title={words.editTitle(role.name)}
      effect={words.editEffect}
      verb={words.save}
      initial={{ name: role.name, description: role.description }}
      takesReason
      event="role_update"
      isNameFixed={role.shipped === "administrator"}
      remark={role.shipped === "administrator" ? words.why.protectedName : null}
      error={update.error}
      isWorking={update.isPending}
      onClose={onClose}
      onAct={({ name, description, reason }) =>
        update.mutate({
          roleId: role.id,
          version: role.version,
          name,
          description,
          ...givenReason(reason),
        })
      }
      onReadAgain={() => {
        update.reset();
        void noteRoles();
      }}
    />
  );
}

const namedHolders = 8;

function DeleteDialog({ role, onClose, onDone }: Props & { onClose: () => void }) {
  const trpc = useTRPC();
  const navigate = useNavigate();
  const noteRoles = useNoteRoles();
  const read = useQuery(trpc.roles.get.queryOptions({ roleId: role.id }));
  const remove = useMutation(
    trpc.roles.delete.mutationOptions({
      onSuccess: async (done) => {
        if (done.outcome === "pending") {
          onDone(done);
          return onClose();
        }
        handReceipt("roles", done, words.deleted(role.name));
        await navigate({ to: "/roles" });
        await noteRoles();
      },
    }),
  );
  const holders = read.data?.users ?? [];
  return (
    <ActDialog
      title={words.deleteTitle(role.name)}
      effect={words.deleteEffect(role.userCount)}
      verb={words.delete}
      event="role_delete"
      needsReason
      error={remove.error}
      isWorking={remove.isPending}
      onClose={onClose}
      onAct={(reason) => remove.mutate({ roleId: role.id, version: role.version, reason })}
      onReadAgain={() => {
        remove.reset();
        void noteRoles();
      }}
    >
      {holders.length > 0 ? (
        <p className={classes.muted}>
          {words.holders}{" "}
          {holders.slice(0, namedHolders).map(({ id, name }, index) => (
            <span key={id}>
              {index > 0 ? ", " : null}
              <Foreign text={name} />
            </span>
          ))}
          {role.userCount > namedHolders ? ` ${words.andMore(role.userCount - namedHolders)}` : null}.
        </p>
      ) : null}
    </ActDialog>
  );
}
