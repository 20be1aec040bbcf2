import type { MessageContext } from "@countersign/audit/alerts/message";
import type { Database } from "@countersign/db/client";
import { listMailAddresses, type MailAddress } from "@countersign/db/mail-addresses";
import { currentEpoch, latestCheckpoint } from "@countersign/db/sealing";
import { readSettings } from "@countersign/db/system-config";

/** What goes with each message: the office, where to look, and the newest checkpoint. */
export const readMessageContext = async (db: Database, origin: string): Promise<MessageContext> => {
  const settings = await readSettings(db);
  const checkpoint = await latestCheckpoint(db, await currentEpoch(db));
  return {
    office: settings["display.office"],
    origin,
    timeZone: settings["display.time_zone"],
    checkpoint:
      checkpoint === undefined
        ? null
        : {
            size: checkpoint.size,
            signedAt: checkpoint.signedAt,
            root: Buffer.from(checkpoint.root).toString("base64"),
          },
  };
};

/** The addresses of whom a channel names; null is whom the setting names. Users who are gone or inactive get nothing. */
export const readMailAddresses = async (
  db: Database,
  recipients: readonly (number | string)[] | null,
): Promise<MailAddress[]> => {
  const named = recipients ?? (await readSettings(db))["notification.recipients"];
  const ids = named.filter((one) => typeof one === "number");
  const single = named.filter((one) => typeof one === "string");
  const found = [...single.map((address) => ({ recipient: address, address })), ...(await listMailAddresses(db, ids))];
  return [...new Map(found.map((one) => [one.address, one])).values()];
};
