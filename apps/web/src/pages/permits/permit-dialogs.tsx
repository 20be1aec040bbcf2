import { Button, Modal, Select, Textarea } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { type Done, type Permit, useTRPC } from "../../api.ts";
import { FailureNote } from "../../components/failure-note.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { plainDate } from "../../format.ts";
import { markedText } from "../../marks.ts";
import { texts } from "../../texts.ts";
import classes from "./permit-form.module.css";

type Props = { permit: Permit; onClose: () => void; onDone: (done: Done) => void };

const words = texts.permit;
const asReason = (text: string) => (text.trim() === "" ? {} : { reason: text.trim() });

export function ApproveDialog({ permit, onClose, onDone }: Props) {
  const trpc = useTRPC();
  const [reason, setReason] = useState("");
  const approve = useMutation(trpc.permits.approve.mutationOptions({ onSuccess: onDone }));
  return (
    <ActDialog
      title={words.approveTitle(permit.permitNumber)}
      effect={words.approveEffect(permit.holderName)}
      verb={words.approve}
      error={approve.error}
      isWorking={approve.isPending}
      reason={reason}
      onReason={setReason}
      onClose={onClose}
      onAct={() => approve.mutate({ permitId: permit.id, version: permit.version, ...asReason(reason) })}
    >
      <dl className={classes.effect}>
        <div>
          <dt>{words.status}</dt>
          <dd>
            <del>{texts.permitStatus[permit.status]}</del> → {texts.permitStatus.active}
          </dd>
        </div>
        {permit.validFrom && permit.validTo ? (
          <div>
            <dt>{words.valid}</dt>
            <dd>{texts.log.between(plainDate(permit.validFrom), plainDate(permit.validTo))}</dd>
          </div>
        ) : null}
      </dl>
    </ActDialog>
  );
}

export function AssignDialog({ permit, onClose, onDone }: Props) {
  const trpc = useTRPC();
  const [reason, setReason] = useState("");
  const [userId, setUserId] = useState<string | null>(null);
  const [isMissing, setMissing] = useState(false);
  const [text, setText] = useState("");
  const [search] = useDebouncedValue(text.trim(), 200);
  const users = useQuery({
    ...trpc.permits.assignees.queryOptions(search === "" ? {} : { search }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  const assign = useMutation(trpc.permits.assign.mutationOptions({ onSuccess: onDone }));
  const choices = (users.data?.items ?? []).map((user) => ({
    value: String(user.id),
    label: markedText(`${user.name} (${user.username})`),
  }));
  return (
    <ActDialog
      title={words.assignTitle(permit.permitNumber)}
      effect={words.assignEffect(permit.assignedTo?.name ?? texts.permits.nobody.toLowerCase())}
      verb={permit.assignedTo ? words.reassign : words.assign}
      error={assign.error ?? users.error}
      isWorking={assign.isPending}
      reason={reason}
      onReason={setReason}
      onClose={onClose}
      onAct={() => {
        setMissing(userId === null);
        if (userId !== null) assign.mutate({ permitId: permit.id, userId: Number(userId), ...asReason(reason) });
      }}
    >
      <Select
        label={words.assignee}
        placeholder={words.assigneeFind}
        searchable
        data={choices}
        value={userId}
        onChange={setUserId}
        onSearchChange={(value) => setText(choices.some((choice) => choice.label === value) ? "" : value)}
        nothingFoundMessage={words.assigneeNone}
        error={isMissing && userId === null ? words.assigneeNeeded : null}
        data-autofocus
        comboboxProps={{ withinPortal: true }}
      />
    </ActDialog>
  );
}

export function UnassignDialog({ permit, onClose, onDone }: Props) {
  const trpc = useTRPC();
  const [reason, setReason] = useState("");
  const unassign = useMutation(trpc.permits.unassign.mutationOptions({ onSuccess: onDone }));
  return (
    <ActDialog
      title={words.unassignTitle(permit.permitNumber)}
      effect={words.unassignEffect(permit.assignedTo?.name ?? texts.permits.nobody)}
      verb={words.unassign}
      error={unassign.error}
      isWorking={unassign.isPending}
      reason={reason}
      onReason={setReason}
      onClose={onClose}
      onAct={() => unassign.mutate({ permitId: permit.id, ...asReason(reason) })}
    />
  );
}

type DialogProps = {
  title: string;
  effect: string;
  verb: string;
  error: unknown;
  isWorking: boolean;
  reason: string;
  onReason: (reason: string) => void;
  onClose: () => void;
  onAct: () => void;
  children?: ReactNode;
};

/** Names the object and the effect, takes a reason, and stays until the event is kept. */
function ActDialog(props: DialogProps) {
  const { title, effect, verb, error, isWorking, reason, onReason, onClose, onAct, children } = props;
  return (
    <Modal opened onClose={onClose} title={title}>
      <form
        className={classes.dialog}
        onSubmit={(event) => {
          event.preventDefault();
          if (!isWorking) onAct();
        }}
      >
        <p className={classes.effectText}>
          <Foreign text={effect} />
        </p>
        {children}
        <Textarea
          label={`${words.reason} (${words.optional})`}
          description={words.reasonHint}
          autosize
          minRows={2}
          maxRows={6}
          maxLength={2_000}
          value={reason}
          onChange={(event) => onReason(event.currentTarget.value)}
        />
        {error ? <FailureNote error={error} /> : null}
        <div className={classes.dialogActions}>
          <Button variant="default" onClick={onClose}>
            {words.cancel}
          </Button>
          <Button type="submit" aria-disabled={isWorking}>
            {isWorking ? words.working : verb}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
