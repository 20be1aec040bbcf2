import { messageLink, messageParts, messageTitle } from "@countersign/audit/alerts/message";
import { isEmailAddress } from "@countersign/audit/email-address";
import type { MailAddress } from "@countersign/db/mail-addresses";
import nodemailer from "nodemailer";
import { type Send, sendLimits } from "./channel.ts";

export type Mailing = {
  /** Null when no server is set: then nothing is sent. */
  server: { url: string; from: string } | null;
  /** Single addresses of whom a channel names; ids are users. */
  addressesOf: (recipients: readonly (number | string)[] | null) => Promise<MailAddress[]>;
};

const oneLine = (text: string): string => text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029]+/gu, " ");
const html = (text: string): string =>
  oneLine(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

type Parts = ReturnType<typeof messageParts>;

const textOf = (title: string, parts: Parts, link: string): string =>
  [
    title,
    ...parts.map((part) =>
      typeof part === "string" ? oneLine(part) : part.map((item) => `- ${oneLine(item)}`).join("\n"),
    ),
    link,
  ].join("\n\n");

const htmlOf = (title: string, parts: Parts, link: string): string => {
  const body = parts.map((part) =>
    typeof part === "string"
      ? `<p>${html(part)}</p>`
      : `<ul>${part.map((item) => `<li>${html(item)}</li>`).join("")}</ul>`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${html(title)}</title></head>
<body style="font-family: sans-serif; font-size: 16px; line-height: 1.5; color: #16191f; background: #ffffff; max-width: 640px; margin: 16px">
<h1 style="font-size: 20px">${html(title)}</h1>${body.join("\n")}<p><a href="${html(link)}" style="color: #0a5c8f">Open it in Countersign</a></p></body></html>`;
};

const failed = (answer: string, code: number | null = null) => ({
  outcome: "failed" as const,
  code,
  answer,
  retryAfterMs: null,
});

/** Mails to each recipient as an address of its own; nothing in a message can name a file, an address to fetch, or a header. */
export const sendEmail =
  ({ server, addressesOf }: Mailing): Send =>
  async ({ recipients }, message, key, context, stop) => {
    if (server === null) return { outcome: "held", reason: "no_mail_server" };
    const named = (await addressesOf(recipients)).filter(({ address }) => isEmailAddress(address));
    const to = named.map(({ address }) => address);
    if (to.length === 0) return failed("none of the recipients has an address");
    const transport = nodemailer.createTransport({
      url: server.url,
      connectionTimeout: sendLimits.connectMs,
      greetingTimeout: sendLimits.connectMs,
      socketTimeout: sendLimits.totalMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const title = oneLine(messageTitle(message, context));
    const parts = messageParts(message, context);
    const link = messageLink(message, context.origin);
    let cutOff: (error: Error) => void = () => undefined;
    const cut = new Promise<never>((_, reject) => {
      cutOff = reject;
    });
    cut.catch(() => undefined);
    const timer = setTimeout(() => cutOff(new Error("no answer in time")), sendLimits.totalMs);
    const onStop = () => cutOff(new Error("stopped"));
    stop.addEventListener("abort", onStop, { once: true });
    try {
      const sending = transport.sendMail({
        from: server.from,
        to: to.map((address) => ({ name: "", address })),
        subject: title,
        text: textOf(title, parts, link),
        html: htmlOf(title, parts, link),
        messageId: `<${key}@${new URL(context.origin).hostname}>`,
        headers: { "Auto-Submitted": "auto-generated", "Idempotency-Key": key },
      });
      sending.catch(() => undefined);
      const { accepted, rejected, rejectedErrors } = await Promise.race([sending, cut]);
      const answer = `taken for ${accepted.length} of ${to.length} recipients`;
      if (rejected.length === 0) return { outcome: "sent", code: 250, answer };
      const codeOf = new Map(
        (rejectedErrors ?? []).map(({ recipient, responseCode }) => [recipient?.toLowerCase(), responseCode ?? 0]),
      );
      const later = named.filter(({ address }) => {
        const code = codeOf.get(address.toLowerCase());
        return code !== undefined && code < 500;
      });
      if (later.length === 0)
        return { outcome: "sent", code: 250, answer: `${answer}, refused for good for the others` };
      const stillTo = later.map(({ recipient }) => recipient);
      return { ...failed(answer, codeOf.get(later[0]?.address.toLowerCase()) ?? null), stillTo, isOfRecipients: true };
    } catch (error) {
      const code = error instanceof Error && "responseCode" in error ? Number(error.responseCode) : null;
      const reason = error instanceof Error && "code" in error ? String(error.code) : "no answer in time";
      return {
        ...failed(
          code === null ? `the mail server could not be used (${reason})` : `the mail server answered ${code}`,
          code,
        ),
        // It refused every recipient, and takes mail for others.
        ...(reason === "EENVELOPE" && { isOfRecipients: true as const }),
      };
    } finally {
      clearTimeout(timer);
      stop.removeEventListener("abort", onStop);
      transport.close();
    }
  };
