import { isEmailAddress } from "@countersign/audit/email-address";

type Recipient = number | string;

/** Recipients as lines: an address, or a user by number. */
export const writeRecipients = (recipients: readonly Recipient[]): string =>
  recipients.map((one) => (typeof one === "number" ? `user ${one}` : one)).join("\n");

/** Reads what `writeRecipients` writes, and the first line that is neither. */
export const readRecipients = (text: string): { recipients: Recipient[]; wrong: string | null } => {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const read = lines.map((line): Recipient | null => {
    const user = /^user (\d{1,15})$/i.exec(line)?.[1];
    if (user !== undefined) return Number(user);
    return isEmailAddress(line) ? line : null;
  });
  const at = read.indexOf(null);
  return { recipients: [...new Set(read.filter((one) => one !== null))], wrong: at < 0 ? null : (lines[at] ?? "") };
};
