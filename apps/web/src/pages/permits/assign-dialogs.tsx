import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Done, type Permit, useTRPC } from "../../api.ts";
import { ActDialog } from "../../components/act-dialog.tsx";
import { givenReason } from "../../components/given-reason.ts";
import { markedText } from "../../marks.ts";
import { texts } from "../../texts.ts";

type Props = { permit: Permit; onClose: () => void; onDone: (done: Done) => void; onReadAgain: () => void };

const words = texts.permit;
const targetOf = ({ id, version }: Permit) => ({ permitId: id, version });

export function AssignDialog({ permit, onClose, onDone, onReadAgain }: Props) {
  const trpc = useTRPC();
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
      onClose={onClose}
      isReady={() => {
        setMissing(userId === null);
        return userId !== null;
      }}
      onAct={(reason) => assign.mutate({ ...targetOf(permit), userId: Number(userId), ...givenReason(reason) })}
      onReadAgain={() => {
        assign.reset();
        onReadAgain();
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

export function UnassignDialog({ permit, onClose, onDone, onReadAgain }: Props) {
  const trpc = useTRPC();
  const unassign = useMutation(trpc.permits.unassign.mutationOptions({ onSuccess: onDone }));
  return (
    <ActDialog
      title={words.unassignTitle(permit.permitNumber)}
      effect={words.unassignEffect(permit.assignedTo?.name ?? texts.permits.nobody)}
      verb={words.unassign}
      error={unassign.error}
      isWorking={unassign.isPending}
      onClose={onClose}
      onAct={(reason) => unassign.mutate({ ...targetOf(permit), ...givenReason(reason) })}
      onReadAgain={() => {
        unassign.reset();
        onReadAgain();
      }}
    />
  );
}
