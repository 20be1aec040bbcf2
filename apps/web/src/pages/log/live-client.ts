import type { AppRouter } from "@countersign/api/router";
import { createTRPCClient, httpSubscriptionLink } from "@trpc/client";
import type { inferOutput } from "@trpc/tanstack-react-query";
import superjson from "superjson";
import type { Api } from "../../api.ts";
import type { LiveInput } from "./live-input.ts";
import type { OpenLine } from "./live-line.ts";

export type LogState = inferOutput<Api["integrity"]["progress"]>;

const client = createTRPCClient<AppRouter>({
  links: [httpSubscriptionLink({ url: "/trpc", transformer: superjson })],
});

/** The server's stream of what is new under a filter. */
export const openLine =
  (input: LiveInput): OpenLine =>
  (place, { onNews, onLost, onOver }) => {
    const { unsubscribe } = client.audit.live.subscribe(
      { ...input, ...(place !== null && { lastEventId: place }) },
      {
        onData: ({ id, data }) => onNews(id, data),
        onConnectionStateChange: ({ state, error }) => {
          if (state === "connecting" && error !== null) onLost();
        },
        onError: onOver,
        onComplete: () => onOver(null),
      },
    );
    return unsubscribe;
  };
