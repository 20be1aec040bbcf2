import { Checkbox, NativeSelect, SegmentedControl, Textarea, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { type Channel, failureOf, type Receipt, useTRPC } from "../../api.ts";
import { ActDialog } from "../../components/act-dialog.tsx";
import { useMay } from "../../me.ts";
import { alertsTexts } from "./alerts-texts.ts";
import { readRecipients, writeRecipients } from "./recipients.ts";
import { streamChange, streamDraft } from "./stream-draft.ts";
import { StreamFields } from "./stream-fields.tsx";
import { useRules } from "./use-alerts.ts";
import { isWeaker } from "./weaker-channel.ts";

const words = alertsTexts.channels;
const form = words.form;
type Kind = Channel["kind"];

type Props = {
  /** Null for a new one. */
  channel: Channel | null;
  onClose: () => void;
  onDone: (done: Receipt, sentence: string, made: { name: string; secret: string } | null) => void;
};

/** Takes where messages go. What is the secret of a channel is never shown, only replaced. */
export function ChannelDialog({ channel, onClose, onDone }: Props) {
  const trpc = useTRPC();
  const [kind, setKind] = useState<Kind>(channel?.kind ?? "email");
  const [name, setName] = useState(channel?.name ?? "");
  const [url, setUrl] = useState(channel?.kind === "chat" ? "" : (channel?.url ?? ""));
  const [isSetting, setSetting] = useState((channel?.recipients ?? null) === null);
  const [lines, setLines] = useState(writeRecipients(channel?.recipients ?? []));
  const [isDefault, setDefault] = useState(channel?.isDefault ?? false);
  const [enabled, setEnabled] = useState(channel?.enabled ?? true);
  const [stream, setStream] = useState(streamDraft(channel));
  const mayStream = useMay("audit.export");
  const [isTried, setTried] = useState(false);
  const create = useMutation(
    trpc.alerts.createChannel.mutationOptions({
      onSuccess: (done) =>
        onDone(
          done,
          words.added(done.channel.name),
          done.secret === null ? null : { name: done.channel.name, secret: done.secret },
        ),
    }),
  );
  const update = useMutation(
    trpc.alerts.updateChannel.mutationOptions({
      onSuccess: (done) => onDone(done, words.changed(name.trim()), null),
    }),
  );
  const error = create.error ?? update.error;
  const rule = error ? failureOf(error).fields.find(({ path }) => path === "url")?.rule : undefined;
  const refusedUrl = rule === undefined ? null : (form.refused[rule] ?? null);
  const read = readRecipients(lines);
  const keepsUrl = channel !== null && kind === "chat" && url === "";
  const problems = {
    name: name.trim() === "" ? form.needed : null,
    url: kind === "email" || url !== "" || keepsUrl ? null : form.needed,
    recipients:
      kind !== "email" || isSetting
        ? null
        : read.wrong !== null
          ? form.recipientsWrong(read.wrong)
          : read.recipients.length === 0
            ? form.needed
            : null,
  };
  const rules = useRules().data?.items ?? [];
  const weakens =
    channel !== null &&
    isWeaker(channel, rules, {
      enabled,
      isDefault,
      ...(kind === "email" ? { recipients: isSetting ? null : read.recipients } : !keepsUrl && { url }),
      filter: streamChange(channel, kind, stream)?.filter,
      isElsewhere: stream.from === "now" || (kind === "chat" && url !== ""),
    });
  const isReady = () => {
    setTried(true);
    return Object.values(problems).every((problem) => problem === null);
  };
  const act = (reason: string) => {
    const to = kind === "email" ? { recipients: isSetting ? null : read.recipients } : keepsUrl ? {} : { url };
    const sends = streamChange(channel, kind, stream);
    const given = {
      ...{ name: name.trim(), enabled, ...to },
      ...(kind !== "stream" && { isDefault }),
      ...(sends && { stream: sends as never }),
    };
    if (channel === null) create.mutate({ kind, ...given });
    else {
      const { id: channelId, version } = channel;
      update.mutate({ channelId, version, ...given, ...(reason !== "" && { reason }) });
    }
  };
  return (
    <ActDialog
      title={channel === null ? form.new : form.change(channel.name)}
      effect={!enabled ? form.offEffect : kind === "stream" ? form.streamEffect : form.effect}
      verb={channel === null ? form.make : form.save}
      takesReason={channel !== null}
      weakens={weakens}
      error={refusedUrl === null ? error : null}
      isWorking={create.isPending || update.isPending}
      isReady={isReady}
      onClose={onClose}
      onAct={act}
    >
      {channel === null ? (
        <NativeSelect
          label={form.kind}
          data={(Object.keys(words.kinds) as Kind[])
            .filter((value) => value !== "stream" || mayStream)
            .map((value) => ({ value, label: words.kinds[value] }))}
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value as Kind)}
        />
      ) : null}
      <TextInput
        label={form.name}
        maxLength={100}
        autoComplete="off"
        withAsterisk
        required
        data-autofocus
        value={name}
        error={isTried && problems.name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {kind === "email" ? (
        <>
          <SegmentedControl
            aria-label={form.whom}
            value={isSetting ? "setting" : "these"}
            onChange={(value) => setSetting(value === "setting")}
            data={[
              { value: "setting", label: form.whomSetting },
              { value: "these", label: form.whomThese },
            ]}
          />
          {isSetting ? null : (
            <Textarea
              label={form.recipients}
              description={form.recipientsHint}
              autosize
              minRows={2}
              maxRows={6}
              spellCheck={false}
              value={lines}
              error={isTried && problems.recipients}
              onChange={(event) => setLines(event.currentTarget.value)}
            />
          )}
        </>
      ) : (
        <TextInput
          label={form.url}
          description={channel !== null && kind === "chat" ? form.urlKept : form.urlHint}
          type="url"
          autoComplete="off"
          spellCheck={false}
          maxLength={2048}
          value={url}
          error={refusedUrl ?? (isTried && problems.url)}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
      )}
      {kind === "stream" ? (
        <StreamFields draft={stream} isNew={channel === null} onChange={setStream} />
      ) : (
        <Checkbox
          label={form.isDefault}
          checked={isDefault}
          onChange={(event) => setDefault(event.currentTarget.checked)}
        />
      )}
      <Checkbox label={form.enabled} checked={enabled} onChange={(event) => setEnabled(event.currentTarget.checked)} />
    </ActDialog>
  );
}
