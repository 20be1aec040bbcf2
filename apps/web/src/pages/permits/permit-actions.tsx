import { useQuery } from "@tanstack/react-query";
import { Pencil } from "lucide-react";
import { useState } from "react";
import { type Asked, type Done, type Permit, type Receipt, useTRPC } from "../../api.ts";
import { ActMenu } from "../../components/act-menu.tsx";
import { LinkButton } from "../../components/link-button.tsx";
import { usePageActions } from "../../components/page-actions.ts";
import { ReasonedButton } from "../../components/reasoned-button.tsx";
import { dateIn } from "../../format.ts";
import { useMay, useMe } from "../../me.ts";
import { useLostAt } from "../../reach.ts";
import { texts } from "../../texts.ts";
import { AssignDialog, UnassignDialog } from "./assign-dialogs.tsx";
import { DeleteDialog } from "./delete-dialog.tsx";
import { useDocuments } from "./documents/permit-documents.ts";
import { mainActs, type PermitAct, permitActs, reasonAgainst } from "./permit-rules.ts";
import { RenewDialog } from "./renew-dialog.tsx";
import { isStatusAct, StatusDialog } from "./status-dialog.tsx";

type Props = {
  permit: Permit;
  onDone: (done: Done | Asked) => void;
  onDeleted: (receipt: Receipt) => void;
  onReadAgain: () => void;
};

const inMenu = (Object.keys(permitActs) as PermitAct[]).filter((act) => act !== "edit");

/** The acts on one permit: the one it waits for as a button, all others in a menu. What cannot be done now says why. */
export function PermitActions({ permit, onDone, onDeleted, onReadAgain }: Props) {
  const trpc = useTRPC();
  const me = useMe();
  const isLost = useLostAt() !== null;
  const office = useQuery(trpc.system.settings.queryOptions()).data;
  const documents = useDocuments(permit.id, useMay("documents.read"));
  const [open, setOpen] = useState<PermitAct | null>(null);
  const close = () => setOpen(null);
  const finish = (done: Done | Asked) => {
    close();
    onDone(done);
  };
  const known = {
    today: office && dateIn(office.timeZone, Date.now()),
    renewGraceDays: office?.renewGraceDays,
    hasDocuments: (documents.data?.pages[0]?.items.length ?? 0) > 0,
  };
  const why = (act: PermitAct) =>
    isLost ? texts.failure.offlineReason : reasonAgainst(act, permit, me?.features ?? [], known);
  const label = (act: PermitAct) =>
    act === "assign" && permit.assignedTo ? texts.permit.reassign : permitActs[act].label;
  const main = mainActs[permit.status];
  const editReason = why("edit");
  usePageActions(
    permit.permitNumber,
    inMenu.filter((act) => why(act) === null).map((act) => ({ label: label(act), run: () => setOpen(act) })),
  );
  const shared = { permit, onClose: close, onDone: finish, onReadAgain };
  return (
    <>
      {editReason === null ? (
        <LinkButton
          to="/permits/$id/edit"
          params={{ id: String(permit.id) }}
          variant="default"
          leftSection={<Pencil size={14} aria-hidden />}
        >
          {texts.permit.edit}
        </LinkButton>
      ) : (
        <ReasonedButton variant="default" reason={editReason} onClick={close}>
          {texts.permit.edit}
        </ReasonedButton>
      )}
      <ActMenu
        label={texts.permit.more}
        acts={inMenu
          .filter((act) => act !== main)
          .map((act) => ({ label: label(act), reason: why(act), onClick: () => setOpen(act) }))}
      />
      {main ? (
        <ReasonedButton reason={why(main)} onClick={() => setOpen(main)}>
          {label(main)}
        </ReasonedButton>
      ) : null}
      {open === "assign" ? <AssignDialog {...shared} /> : null}
      {open === "unassign" ? <UnassignDialog {...shared} /> : null}
      {open === "renew" ? <RenewDialog {...shared} office={office} /> : null}
      {open === "delete" ? (
        <DeleteDialog
          permit={permit}
          onClose={close}
          onDeleted={(receipt) => (receipt.outcome === "pending" ? finish(receipt) : onDeleted(receipt))}
          onReadAgain={onReadAgain}
        />
      ) : null}
      {open !== null && isStatusAct(open) ? <StatusDialog {...shared} act={open} /> : null}
    </>
  );
}
