import { Button, Skeleton } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type Channel, useTRPC } from "../../api.ts";
import { FailureNote } from "../../components/failure-note.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { dateTime } from "../../format.ts";
import { useMay } from "../../me.ts";
import { usePreferences } from "../../preferences.ts";
import { useLostAt } from "../../reach.ts";
import { texts } from "../../texts.ts";
import { ChannelTest } from "../alerts/channel-test.tsx";
import { Step } from "./step.tsx";
import classes from "./welcome.module.css";
import { welcomeTexts } from "./welcome-texts.ts";

const words = welcomeTexts.mail;

/** Whether mail arrives, tried out through each channel that sends some. */
export function MailStep() {
  const trpc = useTRPC();
  const mayRead = useMay("alerts.read");
  const channels = useQuery({ ...trpc.alerts.channels.queryOptions(), staleTime: 10_000, enabled: mayRead });
  const mailing = channels.data?.items.filter(({ kind, enabled }) => kind === "email" && enabled) ?? [];
  const isDone = mailing.some(({ succeededAt }) => succeededAt !== null);
  return (
    <Step title={words.title} isDone={isDone} isOptional>
      <p className={classes.hint}>{words.hint}</p>
      {mayRead ? null : <p className={classes.hint}>{texts.notPermitted.needs("alerts.read")}</p>}
      {channels.isError ? <FailureNote error={channels.error} onRetry={() => void channels.refetch()} /> : null}
      {channels.data === undefined ? (
        mayRead && !channels.isError ? (
          <Skeleton height={20} />
        ) : null
      ) : !channels.data.canMail ? (
        <p>{words.noServer}</p>
      ) : mailing.length === 0 ? (
        <p>
          {words.noChannel}{" "}
          <Link to="/alerts" search={{ tab: "channels" }}>
            {words.toChannels}
          </Link>
        </p>
      ) : (
        mailing.map((channel) => <TestOf key={channel.id} channel={channel} onAnswer={() => void channels.refetch()} />)
      )}
    </Step>
  );
}

function TestOf({ channel, onAnswer }: { channel: Channel; onAnswer: () => void }) {
  const trpc = useTRPC();
  const { zone } = usePreferences();
  const mayManage = useMay("alerts.manage");
  const isLost = useLostAt() !== null;
  const [deliveryId, setDeliveryId] = useState<number | null>(null);
  const test = useMutation(
    trpc.alerts.testChannel.mutationOptions({ onSuccess: (done) => setDeliveryId(done.deliveryId) }),
  );
  const isOff = test.isPending || isLost || !mayManage;
  const whyNot = !mayManage
    ? texts.notPermitted.needs("alerts.manage")
    : isLost
      ? texts.failure.offlineReason
      : channel.succeededAt
        ? words.arrived(dateTime(channel.succeededAt, zone))
        : null;
  return (
    <>
      <div className={classes.take}>
        <Button
          variant="default"
          aria-disabled={isOff}
          onClick={() => {
            if (!isOff) test.mutate({ channelId: channel.id });
          }}
        >
          {test.isPending ? words.sending : <Foreign text={words.send(channel.name)} />}
        </Button>
        {whyNot ? <span className={classes.hint}>{whyNot}</span> : null}
      </div>
      {test.error ? <FailureNote error={test.error} /> : null}
      {deliveryId === null ? null : (
        <ChannelTest key={deliveryId} name={channel.name} deliveryId={deliveryId} onAnswer={onAnswer} />
      )}
    </>
  );
}
