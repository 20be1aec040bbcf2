import { isEmailAddress } from "@countersign/audit/email-address";
import { Checkbox, TextInput } from "@mantine/core";
import type { Failure } from "../../api.ts";
import { usersTexts } from "./users-texts.ts";

const words = usersTexts.form;

export type UserValues = { username: string; name: string; email: string; isMixedMeant: boolean };

/** What is wrong with the values before they are sent, by field. */
export const problemsOf = ({ username, name, email }: UserValues) => ({
  username: username.trim() === "" ? words.needed : null,
  name: name.trim() === "" ? words.needed : null,
  email: email.trim() !== "" && !isEmailAddress(email.trim()) ? words.noEmail : null,
});

const sentences: Readonly<Record<string, string>> = { taken: words.taken, mixed_scripts: words.mixedScripts };

/** What the server found wrong with a field, in words. */
const refusedAt = (failure: Failure | null, field: string): string | null => {
  const rule = failure?.fields.find(({ path }) => path === field)?.rule;
  return rule === undefined ? null : (sentences[rule] ?? words.wrong);
};

/** Whether every problem that the server told of stands at a field. */
export const isToldAtFields = (failure: Failure | null): boolean =>
  failure !== null &&
  failure.fields.length > 0 &&
  failure.fields.every(({ path }) => ["username", "name", "email"].includes(path));

type Props = {
  values: UserValues;
  onChange: (values: UserValues) => void;
  isTried: boolean;
  failure: Failure | null;
  /** The user name cannot be changed. */
  isFixed?: boolean;
};

/** User name, name and e-mail. */
export function UserFields({ values, onChange, isTried, failure, isFixed = false }: Props) {
  const problems = problemsOf(values);
  const set = (change: Partial<UserValues>) => onChange({ ...values, ...change });
  const isMixed = values.isMixedMeant || failure?.fields.some(({ rule }) => rule === "mixed_scripts");
  return (
    <>
      <TextInput
        label={words.username}
        description={isFixed ? words.usernameProtected : words.usernameHint}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={100}
        withAsterisk
        required
        readOnly={isFixed}
        data-autofocus={!isFixed || undefined}
        value={values.username}
        error={(isTried && problems.username) || refusedAt(failure, "username")}
        onChange={(event) => set({ username: event.currentTarget.value })}
      />
      {isMixed ? (
        <Checkbox
          label={words.mixed}
          checked={values.isMixedMeant}
          onChange={(event) => set({ isMixedMeant: event.currentTarget.checked })}
        />
      ) : null}
      <TextInput
        label={words.name}
        autoComplete="off"
        maxLength={300}
        withAsterisk
        required
        value={values.name}
        error={(isTried && problems.name) || refusedAt(failure, "name")}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <TextInput
        label={`${words.email} (${words.optional})`}
        description={words.emailHint}
        type="email"
        autoComplete="off"
        maxLength={254}
        value={values.email}
        error={(isTried && problems.email) || refusedAt(failure, "email")}
        onChange={(event) => set({ email: event.currentTarget.value })}
      />
    </>
  );
}
