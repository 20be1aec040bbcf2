import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { CopyButton } from "../components/copy-button.tsx";
import { dateTime } from "../format.ts";
import { usePreferences } from "../preferences.ts";
import classes from "./proof.module.css";
import { proofTexts } from "./proof-texts.ts";
import { trust, useTrustedKey } from "./trusted-key.ts";

const words = proofTexts.key;

/** The key that this browser trusts, since when and why, with the way to another. `offered` are the keys that the server names now. */
export function TrustedKeyPanel({ offered }: { offered?: readonly string[] | undefined }) {
  const { zone } = usePreferences();
  const key = useTrustedKey();
  const [isPasting, setPasting] = useState(false);
  const isOther = key !== null && offered !== undefined && offered.length > 0 && !offered.includes(key.vkey);
  return (
    <div className={classes.trusted}>
      {key === null ? (
        <p className={classes.hint}>{words.none}</p>
      ) : (
        <>
          <code className={classes.key}>{key.vkey}</code>
          <p className={classes.hint}>
            {(key.from === "outside" ? words.outside : words.firstSight)(dateTime(key.since, zone))}
          </p>
          {isOther ? (
            <p className={classes.warning} role="status">
              {words.changed}
            </p>
          ) : null}
        </>
      )}
      {isPasting ? (
        <PasteKey onDone={() => setPasting(false)} />
      ) : (
        <div className={classes.keyActions}>
          {key ? <CopyButton value={key.vkey} label={words.copy} /> : null}
          <Button variant="default" size="xs" onClick={() => setPasting(true)}>
            {words.paste}
          </Button>
          {key ? (
            <Button variant="subtle" color="gray" size="xs" onClick={trust.forget}>
              {words.forget}
            </Button>
          ) : null}
        </div>
      )}
    </div>
  );
}

function PasteKey({ onDone }: { onDone: () => void }) {
  const [vkey, setVkey] = useState("");
  const [isWrong, setWrong] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (trust.use(vkey, new Date().toISOString())) onDone();
    else setWrong(true);
  };
  return (
    <form className={classes.paste} noValidate onSubmit={submit}>
      <TextInput
        label={words.field}
        description={words.hint}
        value={vkey}
        error={isWrong ? words.wrong : null}
        data-autofocus
        autoFocus
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => {
          setVkey(event.currentTarget.value);
          setWrong(false);
        }}
      />
      <div className={classes.keyActions}>
        <Button type="submit" size="xs">
          {words.use}
        </Button>
        <Button variant="default" size="xs" onClick={onDone}>
          {words.cancel}
        </Button>
      </div>
    </form>
  );
}
