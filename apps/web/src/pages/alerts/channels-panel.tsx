import { useMutation } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { type ComponentType, useState } from "react";
import { type Channel, useTRPC } from "../../api.ts";
import { ActMenu } from "../../components/act-menu.tsx";
import { type DataColumn, DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { SlowNote } from "../../components/query-body.tsx";
import { ReasonedButton } from "../../components/reasoned-button.tsx";
import { SecretNote } from "../../components/secret-note.tsx";
import { useWhilePresent } from "../../components/while-present.ts";
import { StatusMark } from "../../events/status-mark.tsx";
import { dateTime, type Zone } from "../../format.ts";
import { markedText } from "../../marks.ts";
import { usePreferences } from "../../preferences.ts";
import { texts } from "../../texts.ts";
import classes from "./alerts.module.css";
import type { Show } from "./alerts-page.tsx";
import { alertsTexts } from "./alerts-texts.ts";
import { type ChannelActProps, RemoveChannelDialog, RotateDialog } from "./channel-acts.tsx";
import { ChannelDialog } from "./channel-dialog.tsx";
import { ChannelTest } from "./channel-test.tsx";
import { useChannels, useWhyNot } from "./use-alerts.ts";

const words = alertsTexts.channels;
const everyMs = 15_000;

const goesTo = ({ kind, url, recipients }: Channel): string => {
  if (kind !== "email") return url ?? "";
  if (recipients === null) return words.setting;
  const users = recipients.filter((one) => typeof one === "number").length;
  const single = recipients.filter((one) => typeof one === "string");
  return [...single, ...(users > 0 ? [words.users(users)] : [])].join(", ");
};

const healthOf = (channel: Channel, zone: Zone): string => {
  const { failures, failedAt, failure, succeededAt, restUntil } = channel;
  if (failures > 0 && failedAt !== null) {
    const rest = restUntil === null ? "" : ` · ${words.rests(dateTime(restUntil, zone))}`;
    return words.failed(dateTime(failedAt, zone), failure ?? "") + rest;
  }
  return succeededAt === null ? words.never : words.well(dateTime(succeededAt, zone));
};

const progressOf = ({ sent, behind }: NonNullable<Channel["stream"]>): string =>
  [words.taken(sent), behind === 0 ? words.upToDate : words.behind(behind)].join(" · ");

type Act = "edit" | "rotate" | "remove";
const dialogs: Record<Exclude<Act, "edit">, ComponentType<ChannelActProps>> = {
  rotate: RotateDialog,
  remove: RemoveChannelDialog,
};

/** Where messages go, whether they arrive, and the acts on each channel. */
export function ChannelsPanel({ show }: { show: Show }) {
  const trpc = useTRPC();
  const channels = useChannels();
  useWhilePresent(everyMs, !channels.isError, channels.refetch);
  const whyNot = useWhyNot();
  const { zone } = usePreferences();
  const [isNew, setNew] = useState(false);
  const [open, setOpen] = useState<{ act: Act; channel: Channel } | null>(null);
  const [secret, setSecret] = useState<{ name: string; secret: string } | null>(null);
  const [tested, setTested] = useState<{ name: string; deliveryId: number } | null>(null);
  const test = useMutation(trpc.alerts.testChannel.mutationOptions());
  const close = () => {
    setNew(false);
    setOpen(null);
  };
  const runTest = (channel: Channel) => {
    setTested(null);
    test.mutate(
      { channelId: channel.id },
      {
        onSuccess: (done) => {
          setTested({ name: channel.name, deliveryId: done.deliveryId });
          show(done);
        },
      },
    );
  };
  const columns: readonly DataColumn<Channel>[] = [
    {
      id: "name",
      head: words.name,
      cell: ({ name, kind, isDefault, enabled }) => (
        <>
          <Foreign text={name} />
          <div className={classes.under}>
            {[words.kinds[kind], isDefault ? words.isDefault : null, enabled ? null : words.off]
              .filter((one) => one !== null)
              .join(" · ")}
          </div>
        </>
      ),
    },
    { id: "to", head: words.to, look: "wide", cell: (channel) => <Foreign text={goesTo(channel)} /> },
    {
      id: "health",
      head: words.health,
      look: "wide",
      cell: (channel) => (
        <>
          {channel.failures > 0 ? <StatusMark status="failed" /> : null} {healthOf(channel, zone)}
          {channel.stream ? <div className={classes.under}>{progressOf(channel.stream)}</div> : null}
        </>
      ),
    },
    {
      id: "acts",
      head: words.acts,
      onCard: "last",
      cell: (channel) => (
        <div className={classes.rowActs}>
          <ReasonedButton
            variant="default"
            size="xs"
            reason={whyNot}
            aria-label={words.testOf(markedText(channel.name))}
            onClick={() => runTest(channel)}
          >
            {words.test}
          </ReasonedButton>
          <ActMenu
            size="xs"
            label={words.edit}
            name={words.editOf(markedText(channel.name))}
            acts={[
              { label: words.edit, reason: whyNot, onClick: () => setOpen({ act: "edit", channel }) },
              ...(channel.kind === "webhook" || channel.kind === "stream"
                ? [{ label: words.rotate, reason: whyNot, onClick: () => setOpen({ act: "rotate", channel }) }]
                : []),
              { label: words.remove, reason: whyNot, onClick: () => setOpen({ act: "remove", channel }) },
            ]}
          />
        </div>
      ),
    },
  ];
  const Dialog = open === null || open.act === "edit" ? null : dialogs[open.act];
  const items = channels.data?.items;

  return (
    <>
      <div className={classes.acts}>
        <ReasonedButton leftSection={<Plus size={16} aria-hidden />} reason={whyNot} onClick={() => setNew(true)}>
          {words.add}
        </ReasonedButton>
      </div>
      {secret ? (
        <SecretNote
          title={words.secretTitle(secret.name)}
          hint={words.secretHint}
          secret={secret.secret}
          copy={words.copy}
          copied={words.copied}
          done={words.secretDone}
          onDone={() => setSecret(null)}
        />
      ) : null}
      {test.error ? <FailureNote error={test.error} /> : null}
      {tested ? <ChannelTest key={tested.deliveryId} {...tested} onAnswer={() => void channels.refetch()} /> : null}
      {channels.isError ? (
        <FailureNote
          title={texts.failure.title}
          error={channels.error}
          holds={texts.failure.holds}
          onRetry={() => void channels.refetch()}
        />
      ) : null}
      {items?.length === 0 ? (
        <EmptyState title={words.emptyTitle}>{words.empty}</EmptyState>
      ) : channels.isError || (channels.isPending && channels.fetchStatus === "idle") ? null : (
        <DataTable label={words.table} columns={columns} rows={items} />
      )}
      {channels.isPending ? <SlowNote query={channels} queryKey={trpc.alerts.channels.pathKey()} /> : null}
      {isNew || open?.act === "edit" ? (
        <ChannelDialog
          channel={isNew ? null : (open?.channel ?? null)}
          onClose={close}
          onDone={(done, sentence, made) => {
            close();
            if (made) setSecret(made);
            show(done, sentence);
          }}
        />
      ) : null}
      {Dialog && open ? (
        <Dialog
          channel={open.channel}
          onClose={close}
          onDone={(done, sentence, made) => {
            close();
            if (made) setSecret(made);
            show(done, sentence);
          }}
        />
      ) : null}
    </>
  );
}
