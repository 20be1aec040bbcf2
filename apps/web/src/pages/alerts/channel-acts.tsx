import { useMutation } from "@tanstack/react-query";
import { type Channel, type Receipt, useTRPC } from "../../api.ts";
import { ActDialog } from "../../components/act-dialog.tsx";
import { givenReason } from "../../components/given-reason.ts";
import { alertsTexts } from "./alerts-texts.ts";
import { useRules } from "./use-alerts.ts";
import { isWeaker } from "./weaker-channel.ts";

const words = alertsTexts.channels;

export type ChannelActProps = {
  channel: Channel;
  onClose: () => void;
  /** What was done, and the secret that is shown once. */
  onDone: (done: Receipt, sentence: string, made?: { name: string; secret: string } | null) => void;
};

export function RotateDialog({ channel, onClose, onDone }: ChannelActProps) {
  const trpc = useTRPC();
  const { id: channelId, version, name } = channel;
  const rotate = useMutation(
    trpc.alerts.rotateSecret.mutationOptions({
      onSuccess: (done) =>
        onDone(done, words.changed(name), done.secret === null ? null : { name, secret: done.secret }),
    }),
  );
  return (
    <ActDialog
      title={words.rotateTitle(name)}
      effect={words.rotateEffect}
      verb={words.rotate}
      takesReason={false}
      error={rotate.error}
      isWorking={rotate.isPending}
      onClose={onClose}
      onAct={() => rotate.mutate({ channelId, version })}
    />
  );
}

export function RemoveChannelDialog({ channel, onClose, onDone }: ChannelActProps) {
  const trpc = useTRPC();
  const { id: channelId, version, name } = channel;
  const rules = useRules().data?.items ?? [];
  const remove = useMutation(
    trpc.alerts.deleteChannel.mutationOptions({ onSuccess: (done) => onDone(done, words.removed(name)) }),
  );
  return (
    <ActDialog
      title={words.removeTitle(name)}
      effect={words.removeEffect}
      verb={words.remove}
      weakens={isWeaker(channel, rules, null)}
      error={remove.error}
      isWorking={remove.isPending}
      onClose={onClose}
      onAct={(reason) => remove.mutate({ channelId, version, ...givenReason(reason) })}
    />
  );
}
