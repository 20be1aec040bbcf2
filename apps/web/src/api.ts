import type { AppRouter } from "@countersign/api/router";
import { MutationCache, type Query, QueryCache, QueryClient } from "@tanstack/react-query";
import {
  createTRPCClient,
  type HTTPBatchLinkOptions,
  httpBatchLink,
  httpLink,
  isTRPCClientError,
  splitLink,
  type TRPCLink,
} from "@trpc/client";
import { createTRPCContext, type inferOutput } from "@trpc/tanstack-react-query";
import superjson from "superjson";
import { noteAnswer, onAnsweredAgain, unreached } from "./reach.ts";
import { withFreshPassword } from "./reauth.ts";
import { RefusedAnswer } from "./refused-answer.ts";
import { endSession } from "./session.ts";
import { texts } from "./texts.ts";

export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();

export type Api = ReturnType<typeof useTRPC>;
export type LogEntry = inferOutput<Api["audit"]["list"]>["entries"][number];
export type HistoryHead = inferOutput<Api["history"]["object"]>;
export type Permit = inferOutput<Api["permits"]["read"]>["permit"];
export type PermitStatus = Permit["status"];
export type Done = inferOutput<Api["permits"]["create"]>;
/** An act that was not done: it waits for a second person. */
export type Asked = Extract<inferOutput<Api["permits"]["approve"]>, { outcome: "pending" }>;
/** How an act ended, whatever it was about. */
export type Receipt = {
  outcome: Done["outcome"] | Asked["outcome"];
  receipt: Done["receipt"];
  request?: Asked["request"] | undefined;
};
export type Document = inferOutput<Api["documents"]["list"]>["items"][number];
export type User = inferOutput<Api["users"]["get"]>["user"];
export type ApiKey = inferOutput<Api["keys"]["list"]>["items"][number];
export type Alert = inferOutput<Api["alerts"]["list"]>["items"][number];
export type AlertRule = inferOutput<Api["alerts"]["rules"]>["items"][number];
export type Channel = inferOutput<Api["alerts"]["channels"]>["items"][number];
export type Delivery = inferOutput<Api["alerts"]["deliveries"]>["items"][number];
export type BackTest = inferOutput<Api["alerts"]["backTest"]>;
export type Office = inferOutput<Api["system"]["settings"]>;
export type Me = inferOutput<Api["auth"]["me"]>["user"];

/** What a screen needs to know of a failed call. `message` is a finished sentence. */
export type Failure = {
  reason: string;
  message: string;
  requestId: string | null;
  retryAfterS: number | null;
  fields: readonly { path: string; rule: string }[];
};

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** Reads the server's answer to a failed call; without one, the server was not reached. */
export const failureOf = (error: unknown): Failure => {
  const data: unknown = isTRPCClientError(error) || error instanceof RefusedAnswer ? error.data : null;
  if (!isRecord(data) || !(error instanceof Error)) {
    return {
      reason: "unreachable",
      message: texts.failure.unreachable,
      requestId: null,
      retryAfterS: null,
      fields: [],
    };
  }
  const fields = Array.isArray(data.fields) ? data.fields.filter(isRecord) : [];
  return {
    reason: String(data.reason ?? "internal"),
    message: error.message,
    requestId: typeof data.requestId === "string" ? data.requestId : null,
    retryAfterS: typeof data.retryAfterS === "number" ? data.retryAfterS : null,
    fields: fields.map((field) => ({ path: String(field.path ?? ""), rule: String(field.rule ?? "") })),
  };
};

type FetchEsque = NonNullable<HTTPBatchLinkOptions<AppRouter["_def"]["_config"]["$types"]>["fetch"]>;

const fetchNoting: FetchEsque = async (input, init) => {
  try {
    const response = await fetch(input, init as RequestInit | undefined);
    noteAnswer(response.status);
    return response;
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "AbortError")) unreached();
    throw error;
  }
};

export const createQueryClient = (): QueryClient => {
  const noteSession = (error: unknown) => {
    const { reason } = failureOf(error);
    if (reason === "unauthenticated") endSession();
    // Who is signed in was told to choose a password since we last asked; the page that takes it follows from asking again.
    if (reason === "password_change_required") void queries.invalidateQueries({ queryKey: [["auth", "me"]] });
  };
  const queries = new QueryClient({
    queryCache: new QueryCache({ onError: noteSession }),
    mutationCache: new MutationCache({ onError: noteSession }),
    defaultOptions: {
      queries: {
        // Reading is an act that the log records, so nothing is read again unasked.
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        retry: (failures, error) => failures < 2 && failureOf(error).reason === "unreachable",
      },
    },
  });
  // What the silence took is asked for again; whoever was refused would be refused again, and each refusal is an event.
  const isCutOff = ({ state }: Query) => state.status === "error" && failureOf(state.error).reason === "unreachable";
  onAnsweredAgain(() => void queries.refetchQueries({ type: "active", predicate: isCutOff }));
  return queries;
};

/** The library writes the direction of an endless list into its input; the server knows no such field and refuses it. */
const withoutDirection: TRPCLink<AppRouter> =
  () =>
  ({ op, next }) => {
    if (!isRecord(op.input) || !("direction" in op.input)) return next(op);
    const { direction: _, ...input } = op.input;
    return next({ ...op, input });
  };

export const createClient = () =>
  createTRPCClient<AppRouter>({
    links: [
      withoutDirection,
      withFreshPassword,
      splitLink({
        // What is shown as soon as it is there does not wait for what is asked for beside it.
        condition: ({ context }) => context.isAlone === true,
        true: httpLink({ url: "/trpc", transformer: superjson, fetch: fetchNoting }),
        false: httpBatchLink({
          url: "/trpc",
          transformer: superjson,
          maxItems: 10,
          maxURLLength: 6000,
          fetch: fetchNoting,
        }),
      }),
    ],
  });
