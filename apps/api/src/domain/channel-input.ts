import { isEmailAddress } from "@countersign/audit/email-address";
import { type EventFormatName, eventFormatNames } from "@countersign/audit/formats/index";
import { checkTarget, type Lookup, PrivateAddress, resolveTarget } from "@countersign/service/outbound";
import { z } from "zod";
import { DomainError } from "./domain-error.ts";
import { storedFilter } from "./event-query.ts";
import { rowId } from "./fields.ts";

const lookupMs = 3000;

/** Where calls from the office may go. */
export type Outbound = { privateHosts: readonly string[]; ownOrigin: string | undefined; lookup: Lookup };

const recipient = z.union([
  rowId,
  z
    .string()
    .max(254)
    .refine(isEmailAddress, { params: { rule: "email" } }),
]);
/** Users by id and single addresses; null is whom the setting names. */
export const recipients = z
  .array(recipient)
  .min(1)
  .max(50)
  .refine((list) => new Set(list).size === list.length, { params: { rule: "repeated" } })
  .nullable();

/** What a stream sends. `from` sets it back to the first event of the log, or on to the next one that comes. */
export const streamInput = z.strictObject({
  format: z.enum(eventFormatNames as [EventFormatName, ...EventFormatName[]]),
  filter: storedFilter.default({}),
  from: z.enum(["beginning", "now"]).optional(),
});
export type StreamInput = z.output<typeof streamInput>;

export const invalid = (path: string, rule: string, sentence: string): DomainError =>
  new DomainError("invalid", "invalid_input", `Nothing was changed: ${sentence}`, { fields: [{ path, rule }] });

const sentences: Record<string, string> = {
  address: "this is no address of a web page.",
  https: "the address must begin with https.",
  port: "only the ports 443 and 8443 may be called.",
  user_info: "the address must not hold a user or password.",
  private_address: "the address leads into the house, and only what the operator names may be called there.",
  own_address: "this is the office's own address.",
};

/** Refuses an address that may not be called. A name that cannot be found now is taken: it is looked up again at each send. */
export const refuseAddress = async (url: string | undefined, outbound: Outbound): Promise<void> => {
  if (url === undefined) return;
  const target = checkTarget(url, outbound);
  if (!target.ok) throw invalid("url", target.rule, sentences[target.rule] ?? "the address may not be called.");
  const late = new Promise<null>((resolve) => setTimeout(resolve, lookupMs, null).unref());
  try {
    await Promise.race([resolveTarget(target, outbound.lookup), late]);
  } catch (error) {
    if (error instanceof PrivateAddress) throw invalid("url", "private_address", sentences.private_address ?? "");
  }
};
