import { useMutation } from "@tanstack/react-query";
import type { inferOutput } from "@trpc/tanstack-react-query";
import { type Api, type Receipt, useTRPC } from "../../api.ts";
import { ActDialog } from "../../components/act-dialog.tsx";
import { givenReason } from "../../components/given-reason.ts";
import { approvalsTexts as words } from "./approvals-texts.ts";
import { type ApprovalRequest, useNoteDecided } from "./requests.ts";

export type Act = "approve" | "refuse" | "withdraw";

type Props = {
  act: Act;
  request: ApprovalRequest;
  onClose: () => void;
  onDone: (done: Receipt, sentence: string) => void;
};

/** Asks once more before a decision, and says what follows from it. */
export function DecisionDialog({ act, ...props }: Props) {
  if (act === "approve") return <ApproveDialog {...props} />;
  return act === "refuse" ? <RefuseDialog {...props} /> : <WithdrawDialog {...props} />;
}

type DialogProps = Omit<Props, "act">;

/** What follows a decision, whichever it was: also one that closed the request because it could not be done. */
const useSettled = ({ onDone }: DialogProps) => {
  const noteDecided = useNoteDecided();
  return {
    onSuccess: async (done: inferOutput<Api["approvals"]["approve"]>) => {
      const { id, state } = done.request;
      const sentence = state === "approved" || state === "refused" || state === "withdrawn" ? state : "pending";
      onDone({ outcome: done.outcome, receipt: done.receipt }, words.done[sentence](id));
      await noteDecided();
    },
    onError: () => {
      void noteDecided();
    },
  };
};

function ApproveDialog(props: DialogProps) {
  const { request, onClose } = props;
  const trpc = useTRPC();
  const approve = useMutation(trpc.approvals.approve.mutationOptions(useSettled(props)));
  const approved = request.decisions.filter(({ decision }) => decision === "approved").length;
  const more = request.quorum - approved - 1;
  const who = request.requester.name;
  return (
    <ActDialog
      title={words.approveTitle(request.id)}
      effect={more > 0 ? words.approveMore(who, request.words, more) : words.approveEffect(who, request.words)}
      verb={words.approve}
      error={approve.error}
      isWorking={approve.isPending}
      onClose={onClose}
      onAct={(reason) => approve.mutate({ requestId: request.id, sha256: request.sha256, ...givenReason(reason) })}
    />
  );
}

function RefuseDialog(props: DialogProps) {
  const { request, onClose } = props;
  const trpc = useTRPC();
  const refuse = useMutation(trpc.approvals.refuse.mutationOptions(useSettled(props)));
  return (
    <ActDialog
      title={words.refuseTitle(request.id)}
      effect={words.refuseEffect(request.requester.name, request.words)}
      verb={words.refuse}
      needsReason
      error={refuse.error}
      isWorking={refuse.isPending}
      onClose={onClose}
      onAct={(reason) => refuse.mutate({ requestId: request.id, reason })}
    />
  );
}

function WithdrawDialog(props: DialogProps) {
  const { request, onClose } = props;
  const trpc = useTRPC();
  const withdraw = useMutation(trpc.approvals.withdraw.mutationOptions(useSettled(props)));
  return (
    <ActDialog
      title={words.withdrawTitle(request.id)}
      effect={words.withdrawEffect(request.words)}
      verb={words.withdraw}
      error={withdraw.error}
      isWorking={withdraw.isPending}
      onClose={onClose}
      onAct={(reason) => withdraw.mutate({ requestId: request.id, ...givenReason(reason) })}
    />
  );
}
