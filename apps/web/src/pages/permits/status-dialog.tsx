import { useMutation } from "@tanstack/react-query";
import { type Asked, type Done, type Permit, type PermitStatus, useTRPCClient } from "../../api.ts";
import { ActDialog, Effects } from "../../components/act-dialog.tsx";
import { plainDate } from "../../format.ts";
import { texts } from "../../texts.ts";

type Client = ReturnType<typeof useTRPCClient>["permits"];
type Target = { permitId: number; version: number; askApproval?: true };
type StatusAct = {
  verb: string;
  to: PermitStatus;
  needsReason: boolean;
  run: (permits: Client, target: Target, reason: string) => Promise<Done | Asked>;
};

const words = texts.permit;
const optional = (reason: string) => (reason === "" ? {} : { reason });

/** The acts that only lead a permit from one state to another. */
const statusActs = {
  approve: {
    verb: words.approve,
    to: "active",
    needsReason: false,
    run: (permits, target, reason) => permits.approve.mutate({ ...target, ...optional(reason) }),
  },
  reject: {
    verb: words.reject,
    to: "rejected",
    needsReason: true,
    run: (permits, target, reason) => permits.reject.mutate({ ...target, reason }),
  },
  activate: {
    verb: words.activate,
    to: "active",
    needsReason: false,
    run: (permits, target, reason) => permits.activate.mutate({ ...target, ...optional(reason) }),
  },
  deactivate: {
    verb: words.deactivate,
    to: "inactive",
    needsReason: true,
    run: (permits, target, reason) => permits.deactivate.mutate({ ...target, reason }),
  },
  cancel: {
    verb: words.cancel,
    to: "cancelled",
    needsReason: true,
    run: (permits, target, reason) => permits.cancel.mutate({ ...target, reason }),
  },
} as const satisfies Record<string, StatusAct>;

type StatusActName = keyof typeof statusActs;

export const isStatusAct = (act: string): act is StatusActName => Object.hasOwn(statusActs, act);

type Props = {
  act: StatusActName;
  permit: Permit;
  onClose: () => void;
  onDone: (done: Done | Asked) => void;
  onReadAgain: () => void;
};

/** Confirms an act on the state of a permit, with the state before and after. */
export function StatusDialog({ act, permit, onClose, onDone, onReadAgain }: Props) {
  const client = useTRPCClient();
  const { verb, to, needsReason, run } = statusActs[act];
  const change = useMutation({
    mutationFn: ({ reason, ...wish }: { reason: string; askApproval?: true }) =>
      run(client.permits, { permitId: permit.id, version: permit.version, ...wish }, reason),
    onSuccess: onDone,
  });
  return (
    <ActDialog
      title={words.acts[act].title(permit.permitNumber)}
      effect={words.acts[act].effect(permit.holderName)}
      verb={verb}
      event={`permit_${act}`}
      needsReason={needsReason}
      error={change.error}
      isWorking={change.isPending}
      onClose={onClose}
      onAct={(reason, wish) => change.mutate({ reason, ...wish })}
      onReadAgain={() => {
        change.reset();
        onReadAgain();
      }}
    >
      <Effects>
        <div>
          <dt>{words.status}</dt>
          <dd>
            <del>{texts.permitStatus[permit.status]}</del> → {texts.permitStatus[to]}
          </dd>
        </div>
        {to === "active" && permit.validFrom && permit.validTo ? (
          <div>
            <dt>{words.valid}</dt>
            <dd>{texts.log.between(plainDate(permit.validFrom), plainDate(permit.validTo))}</dd>
          </div>
        ) : null}
      </Effects>
    </ActDialog>
  );
}
