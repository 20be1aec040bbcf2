import { categories, customerEventCodes, eventType } from "@countersign/audit/catalogue";
import { featureOfKind, type KeyKind } from "@countersign/audit/key-kinds";
import { NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { type ApiKey, failureOf, type Receipt, useTRPC } from "../../api.ts";
import { FormDialog } from "../../components/form-dialog.tsx";
import { useMe } from "../../me.ts";
import { usePreferences } from "../../preferences.ts";
import { ChoiceList } from "../log/choice-list.tsx";
import { endOf, readNetworks } from "./key-state.ts";
import classes from "./keys.module.css";
import { keysTexts } from "./keys-texts.ts";

const words = keysTexts.form;
const dayMs = 86_400_000;

export type Made = Receipt & { key: ApiKey; secret: string };
const kinds: readonly KeyKind[] = ["reader", "stream", "ingest"];
const choices = customerEventCodes.map((value) => ({
  value,
  label: eventType(value).name,
  group: categories[eventType(value).category].title,
}));
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

type Props = { onClose: () => void; onMade: (made: Made) => void };

/** Takes what a key may do, from where and until when. */
export function NewKeyDialog({ onClose, onMade }: Props) {
  const trpc = useTRPC();
  const me = useMe();
  const { zone } = usePreferences();
  const [now] = useState(() => Date.now());
  const [name, setName] = useState("");
  const [kind, setKind] = useState<KeyKind>("reader");
  const [codes, setCodes] = useState<string[]>([]);
  const [networks, setNetworks] = useState("");
  const [lastDay, setLastDay] = useState(() => dayOf(now + 90 * dayMs));
  const [isTried, setTried] = useState(false);
  const create = useMutation(trpc.keys.create.mutationOptions({ onSuccess: onMade }));
  const failure = create.error ? failureOf(create.error) : null;
  const refused = (field: string) => failure?.fields.some(({ path }) => path.split(".")[0] === field) ?? false;

  const read = readNetworks(networks);
  const expiresAt = endOf(lastDay, zone, now);
  const problems = {
    name: name.trim() === "" ? words.needed : null,
    codes: kind === "ingest" && codes.length === 0 ? words.codesNeeded : null,
    networks: read.wrong === null ? null : words.networksWrong(read.wrong),
    expiresAt: expiresAt === null ? words.expiresNeeded : null,
  };
  const isToldAtFields = failure !== null && (refused("networks") || refused("expiresAt"));

  const send = () => {
    if (expiresAt === null) return;
    create.mutate({
      name: name.trim(),
      kind,
      codes: kind === "ingest" ? codes : [],
      networks: read.networks,
      expiresAt,
    });
  };

  return (
    <FormDialog
      title={words.title}
      effect={words.hint}
      verb={words.make}
      working={words.making}
      cancel={words.cancel}
      error={isToldAtFields ? null : create.error}
      isWorking={create.isPending}
      isReady={() => {
        setTried(true);
        return Object.values(problems).every((problem) => problem === null);
      }}
      onClose={onClose}
      onSend={send}
    >
      <TextInput
        label={words.name}
        description={words.nameHint}
        autoComplete="off"
        maxLength={100}
        withAsterisk
        required
        data-autofocus
        value={name}
        error={isTried && problems.name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <NativeSelect
        label={words.kind}
        data={kinds.map((value) => {
          const isLacking = !me?.features.includes(featureOfKind[value]);
          return {
            value,
            label: isLacking ? `${words.kinds[value]} (${words.lacking(featureOfKind[value])})` : words.kinds[value],
            disabled: isLacking,
          };
        })}
        value={kind}
        onChange={(event) => setKind(event.currentTarget.value as KeyKind)}
      />
      {kind === "ingest" ? (
        <fieldset className={classes.group}>
          <legend>{words.codes}</legend>
          <ChoiceList
            choices={choices}
            chosen={codes}
            onChange={setCodes}
            find={words.codesFind}
            nothingFound={words.codesNone}
          />
          <p className={classes.hint} role="status">
            {words.codesChosen(codes.length)}
          </p>
          {isTried && problems.codes ? <p className={classes.error}>{problems.codes}</p> : null}
        </fieldset>
      ) : null}
      <Textarea
        label={words.networks}
        description={words.networksHint}
        autosize
        minRows={2}
        maxRows={6}
        spellCheck={false}
        value={networks}
        error={(isTried && problems.networks) || (refused("networks") && words.networksRefused)}
        onChange={(event) => setNetworks(event.currentTarget.value)}
      />
      <TextInput
        label={words.expires}
        description={words.expiresHint}
        type="date"
        min={dayOf(now + dayMs)}
        max={dayOf(now + 364 * dayMs)}
        withAsterisk
        required
        value={lastDay}
        error={(isTried && problems.expiresAt) || (refused("expiresAt") && words.expiresNeeded)}
        onChange={(event) => setLastDay(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
