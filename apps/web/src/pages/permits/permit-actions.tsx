import { Pencil } from "lucide-react";
import { useState } from "react";
import type { Done, Permit } from "../../api.ts";
import { LinkButton } from "../../components/link-button.tsx";
import { ReasonedButton } from "../../components/reasoned-button.tsx";
import { useMe } from "../../me.ts";
import { useLostAt } from "../../reach.ts";
import { texts } from "../../texts.ts";
import { ApproveDialog, AssignDialog, UnassignDialog } from "./permit-dialogs.tsx";
import { reasonAgainst } from "./permit-rules.ts";

type Open = "approve" | "assign" | "unassign" | null;

/** The acts on one permit; what cannot be done now says why. */
export function PermitActions({ permit, onDone }: { permit: Permit; onDone: (done: Done) => void }) {
  const me = useMe();
  const isLost = useLostAt() !== null;
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const finish = (done: Done) => {
    close();
    onDone(done);
  };
  const why = (act: Parameters<typeof reasonAgainst>[0]) =>
    isLost ? texts.failure.offlineReason : reasonAgainst(act, permit, me?.features ?? []);
  const editReason = why("edit");
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
      <ReasonedButton variant="default" reason={why("assign")} onClick={() => setOpen("assign")}>
        {permit.assignedTo ? texts.permit.reassign : texts.permit.assign}
      </ReasonedButton>
      {permit.assignedTo ? (
        <ReasonedButton variant="default" reason={why("unassign")} onClick={() => setOpen("unassign")}>
          {texts.permit.unassign}
        </ReasonedButton>
      ) : null}
      <ReasonedButton reason={why("approve")} onClick={() => setOpen("approve")}>
        {texts.permit.approve}
      </ReasonedButton>
      {open === "approve" ? <ApproveDialog permit={permit} onClose={close} onDone={finish} /> : null}
      {open === "assign" ? <AssignDialog permit={permit} onClose={close} onDone={finish} /> : null}
      {open === "unassign" ? <UnassignDialog permit={permit} onClose={close} onDone={finish} /> : null}
    </>
  );
}
