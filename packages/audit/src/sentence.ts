import type { Status } from "./catalogue.ts";
import type { Changes } from "./changes.ts";
import type { JsonObject } from "./json.ts";

type Named = { type: string; id?: string | null | undefined; label?: string | null | undefined };

/** What a sentence is made of: an event as the log answers it. `code` may be one that the catalogue no longer has. */
export type SentenceEntry = {
  code: string;
  status: Status;
  actor: Named;
  object?: Named | null | undefined;
  target?: Named | null | undefined;
  changes?: Changes | null | undefined;
  notes?: string | null | undefined;
  errorMessage?: string | null | undefined;
  ip?: string | null | undefined;
  metadata?: JsonObject | null | undefined;
};

/** A piece to draw: plain text, a name that may link (`type`, `id`), the changes, or another value. */
export type SentencePart =
  | { kind: "text"; text: string }
  | { kind: "actor" | "object" | "target"; text: string; type: string; id?: string }
  | { kind: "change" | "value"; text: string };
