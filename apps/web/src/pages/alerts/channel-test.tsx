import { useQuery } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useRef } from "react";
import { useTRPC } from "../../api.ts";
import { Foreign } from "../../components/foreign.tsx";
import classes from "./alerts.module.css";
import { alertsTexts } from "./alerts-texts.ts";

const words = alertsTexts.channels;
const everyMs = 1_000;
const patienceMs = 20_000;

type Props = { name: string; deliveryId: number; onAnswer: () => void };

/** What becomes of a test that was asked for: asked each second until it was tried. */
export function ChannelTest({ name, deliveryId, onAnswer }: Props) {
  const trpc = useTRPC();
  const askedAt = useRef(Date.now());
  const { data } = useQuery({
    ...trpc.alerts.delivery.queryOptions({ deliveryId }),
    staleTime: 0,
    refetchInterval: ({ state }) => {
      const isWaiting = state.data === undefined || state.data.delivery.state === "due";
      return isWaiting && Date.now() - askedAt.current < patienceMs ? everyMs : false;
    },
  });
  const state = data?.delivery.state;
  const answer = data?.delivery.answer ?? "";
  const isAnswered = state !== undefined && state !== "due";
  const tell = useEffectEvent(onAnswer);
  useEffect(() => {
    if (isAnswered) tell();
  }, [isAnswered]);
  const said =
    state === "sent"
      ? words.tested.sent(name, answer)
      : state === "failed"
        ? words.tested.failed(name, answer)
        : state === "held"
          ? words.tested.held(name)
          : words.testing(name);
  return (
    <p className={classes.tested} role="status" data-state={state}>
      <Foreign text={said} />
    </p>
  );
}
