import { eventTypes, isEventCode } from "@countersign/audit/catalogue";
import type { VerifiedProof } from "@countersign/audit/ledger/proof";
import { formatVkey } from "@countersign/audit/ledger/vkey";
import type { Keys } from "@countersign/db/ledger-trust";

const number = (value: number): string => value.toLocaleString("en");

type Named = { type: string; id?: string | undefined };
const named = ({ type, id }: Named): string => (id === undefined ? type : `${type} ${id}`);

/** What one proof shows, line by line, and what it does not. */
export const provenLines = (proof: VerifiedProof, { log, witnesses }: Keys): string[] => {
  const { leaf, index, checkpoint, cosignatures, details } = proof;
  const { origin, size } = checkpoint;
  const { request } = leaf;
  const type = isEventCode(leaf.code) ? `${eventTypes[leaf.code].name} (${leaf.code})` : leaf.code;
  const row = (title: string, text: string): string => `  ${title.padEnd(10)}${text}`;
  const facts = [
    row("event", `${type}, ${leaf.status}, severity ${leaf.severity}`),
    row("id", leaf.id),
    row("received", `${leaf.receivedAt}, by the clock of the server`),
    ...(leaf.occurredAt ? [row("occurred", `${leaf.occurredAt}, as it was stated`)] : []),
    row("actor", named(leaf.actor)),
    ...(leaf.object ? [row("object", named(leaf.object))] : []),
    ...(leaf.target ? [row("target", named(leaf.target))] : []),
    ...(request ? [row("request", [request.method, request.endpoint, request.id].filter(Boolean).join(" "))] : []),
    ...(leaf.approval ? [row("approval", leaf.approval)] : []),
    row("source", leaf.source),
    ...(leaf.facts ? [row("facts", JSON.stringify(leaf.facts))] : []),
    row(
      "details",
      details === "opened" ? "those given are the ones the event committed to" : "not given, so not checked",
    ),
  ];
  const signed = log.map((key) => row("key", formatVkey(key)));
  const cosigned = cosignatures.map(({ key, timeS }) =>
    row("witness", `${key.name} saw this checkpoint at ${new Date(timeS * 1000).toISOString()}`),
  );
  const not = [
    "who stands behind an actor's id, or that the clock was right;",
    "that everything which happened was recorded;",
    "that the event is still in the log today: ask for a newer checkpoint and that it extends this one;",
    ...(cosignatures.length > 0
      ? []
      : [
          witnesses.length > 0
            ? "that others were shown the same log: none of the given witnesses cosigned this checkpoint."
            : "that others were shown the same log: no witness was asked for. Compare this checkpoint with one kept elsewhere.",
        ]),
  ];
  return [
    `Proven: this event stands at index ${number(index)} of the ${number(size)} in ${origin}, under a root that the log's key signed.`,
    ...facts,
    ...signed,
    ...cosigned,
    "Not proven:",
    ...not.map((line) => `  ${line}`),
  ];
};
