import { UnrecoverableError } from "bullmq";

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error ? String(error.code) : undefined;

/** The lines of a stack that name places in the code; the first ones repeat the message. */
const placesOf = (error: Error): string =>
  (error.stack ?? "")
    .split("\n")
    .filter((line) => /^ {4}at /.test(line))
    .join("\n");

/**
 * What may be written into the queue about an error: its kind, its code (or its cause's) and where it was thrown.
 * A database quotes values in its messages, and no personal data belongs in the queue. `Unrecoverable` passes as it is.
 */
export const withoutContent = (error: unknown): Error & { code?: string } => {
  if (error instanceof UnrecoverableError) return error;
  if (!(error instanceof Error)) return new Error("something was thrown that is no error");
  const code = codeOf(error) ?? codeOf(error.cause);
  const kept: Error & { code?: string } = new Error(code === undefined ? error.name : `${error.name} ${code}`);
  kept.stack = `${kept.message}\n${placesOf(error)}`;
  if (code !== undefined) kept.code = code;
  return kept;
};
