import type { EventDraft } from "@countersign/audit/draft";
import { keepEnvelope } from "@countersign/db/outbox";
import type { Deps } from "../deps.ts";

/** Keeps an event of the platform itself, told to the workers. */
export const keepPlatformEvent = async (
  { db, recorder, nextId, publish }: Pick<Deps, "db" | "recorder" | "nextId" | "publish">,
  draft: Omit<EventDraft, "actor" | "source" | "status"> & { status?: "success" | "failed" },
): Promise<void> => {
  const event = recorder.seal({ status: "success", ...draft, actor: { type: "platform" }, source: "worker" });
  if (event === null) return;
  const envelopeId = nextId();
  await keepEnvelope(db, envelopeId, [event]);
  publish([envelopeId]);
};
