import type { EventCode } from "@countersign/audit/catalogue";
import type { EventDraft, SealedEvent } from "@countersign/audit/event";
import type { Receipt, Recorder } from "@countersign/audit/recorder";
import type { Database } from "@countersign/db/client";
import { AlreadyClaimed, type Claim, countSuppressed, keepEnvelope } from "@countersign/db/outbox";
import { committing, type Transaction } from "@countersign/db/transaction";
import { createGroupCommit } from "./group-commit.ts";

export type Keeper = {
  /** Keeps the event of an act in the act's own transaction, whose commit tells the workers; null when its type is switched off. */
  keepWith: <Code extends EventCode>(tx: Transaction, draft: EventDraft<Code>) => Receipt | null;
  /** Keeps an event that has no act in the database: durable when it resolves. Null when its type is switched off. */
  keepAlone: <Code extends EventCode>(draft: EventDraft<Code>) => Promise<Receipt | null>;
  /** Keeps one sealed event, sharing a commit with others that arrive now: durable when it resolves. */
  keepOne: (event: SealedEvent, claim?: Claim) => Promise<void>;
  /** Throws when an event of this type may not be kept now: for acts that take room before they are recorded. */
  admit: (code: EventCode) => void;
  /** Keeps sealed events as one envelope, durable when it resolves; with claims, all or nothing (`AlreadyClaimed`). */
  keepSealed: (events: readonly SealedEvent[], claims?: readonly Claim[]) => Promise<void>;
};

export type KeeperDeps = {
  db: Database;
  recorder: Recorder;
  nextId: () => string;
  publish: (envelopeIds: readonly string[], events: number) => void;
  /** Throws when an event of this type may not be kept now; null stands for events of several types. */
  admit: (code: EventCode | null) => void;
};

export const receiptOf = ({ id, receivedAt, leafHash }: SealedEvent): Receipt => ({
  id,
  receivedAt,
  leafHash: Buffer.from(leafHash).toString("base64"),
});

export const createKeeper = ({ db, recorder, nextId, publish, admit }: KeeperDeps): Keeper => {
  const write = async (events: readonly SealedEvent[], claims: readonly Claim[]): Promise<void> => {
    const envelopeId = nextId();
    await committing(keepEnvelope(db, envelopeId, events, claims));
    publish([envelopeId], events.length);
  };
  const keepSealed = async (events: readonly SealedEvent[], claims: readonly Claim[] = []): Promise<void> => {
    admit(null);
    await write(events, claims);
  };
  const group = createGroupCommit<{ event: SealedEvent; claim: Claim | undefined }>((items) =>
    write(
      items.map(({ event }) => event),
      items.flatMap(({ claim }) => (claim === undefined ? [] : [claim])),
    ),
  );
  const keepOne = async (event: SealedEvent, claim?: Claim): Promise<void> => {
    try {
      await group.keep({ event, claim });
    } catch (error) {
      // One id that was used before undoes the whole group: then each stands for itself.
      if (!(error instanceof AlreadyClaimed)) throw error;
      await write([event], claim === undefined ? [] : [claim]);
    }
  };

  return {
    keepWith: (tx, draft) => {
      admit(draft.code);
      const event = recorder.seal(draft);
      if (event === null) {
        tx.defer(countSuppressed(tx, draft.code, 1));
        return null;
      }
      const envelopeId = nextId();
      tx.defer(keepEnvelope(tx, envelopeId, [event]));
      tx.afterCommit(() => publish([envelopeId], 1));
      return receiptOf(event);
    },
    keepAlone: async (draft) => {
      admit(draft.code);
      const event = recorder.seal(draft);
      if (event === null) {
        await countSuppressed(db, draft.code, 1);
        return null;
      }
      await keepOne(event);
      return receiptOf(event);
    },
    keepOne: async (event, claim) => {
      admit(null);
      await keepOne(event, claim);
    },
    keepSealed,
    admit,
  };
};
