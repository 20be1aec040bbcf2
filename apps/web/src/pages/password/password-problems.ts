import type { Failure } from "../../api.ts";
import { texts } from "../../texts.ts";

export type PasswordValues = { current: string; next: string; again: string };
export type PasswordField = keyof PasswordValues;

/** What can be said before the server is asked; whether a password is good enough the server says. */
export const problemsOf = ({ current, next, again }: PasswordValues): Partial<Record<PasswordField, string>> => ({
  ...(current === "" && { current: texts.password.needed }),
  ...(next === "" && { next: texts.password.needed }),
  ...(next !== "" && again !== next && { again: texts.password.differ }),
});

const places: Readonly<Record<string, PasswordField>> = { currentPassword: "current", newPassword: "next" };

/** The field that a refusal is about; null when it is about none. Whoever guesses at the current password waits there. */
export const placeOf = ({ reason, fields }: Failure): PasswordField | null =>
  reason === "too_many_attempts" ? "current" : (places[fields[0]?.path ?? ""] ?? null);
