import { Button, Input, Modal, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { failureOf, type Permit, type Receipt, useTRPC } from "../../../api.ts";
import { FailureNote } from "../../../components/failure-note.tsx";
import { useFocusBack } from "../../../components/focus-back.ts";
import { OffNote } from "../../../components/off-note.tsx";
import { bytes } from "../../../format.ts";
import { useLostAt } from "../../../reach.ts";
import { texts } from "../../../texts.ts";
import { acceptOf, kindsInWords, mediaTypeOf, problemOf } from "./document-files.ts";
import classes from "./documents.module.css";
import { useUpload } from "./upload.ts";

const words = texts.documents;
const needed = (text: string) => (text.trim() === "" ? texts.form.required : null);

type Props = { permit: Permit; onClose: () => void; onDone: (receipt: Receipt) => void };

/** Takes a file with its name and kind, says what it would be refused for, and shows how much of it was sent. */
export function UploadDialog({ permit, onClose, onDone }: Props) {
  useFocusBack();
  const isLost = useLostAt() !== null;
  const trpc = useTRPC();
  const office = useQuery(trpc.system.settings.queryOptions());
  const fileId = useId();
  const [file, setFile] = useState<File | null>(null);
  const [name, setName] = useState("");
  const [kind, setKind] = useState("");
  const [isTried, setTried] = useState(false);
  const sending = useUpload(permit.id, onDone);
  const rules = office.data;
  const failure = sending.error && !sending.isStopped ? failureOf(sending.error) : null;
  const wrong = (field: string) =>
    failure?.fields.some(({ path }) => path === field) ? (failure?.message ?? null) : null;
  const problem = rules && (isTried || file !== null) ? problemOf(file, rules) : null;
  const hasPlace = ["name", "kind", "body"].some((field) => wrong(field) !== null);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!rules || sending.isPending || isLost || file === null) return;
    if (problemOf(file, rules) ?? needed(name) ?? needed(kind)) return;
    const mediaType = mediaTypeOf(file.name, rules.documentMediaTypes);
    if (mediaType !== null) sending.send({ file, name: name.trim(), kind: kind.trim(), mediaType });
  };

  return (
    <Modal
      opened
      onClose={() => {
        if (!sending.isPending) onClose();
      }}
      withCloseButton={!sending.isPending}
      title={words.uploadTitle(permit.permitNumber)}
    >
      <form className={classes.form} noValidate onSubmit={submit}>
        {office.isError ? <FailureNote error={office.error} onRetry={() => void office.refetch()} /> : null}
        <Input.Wrapper
          id={fileId}
          label={words.file}
          description={rules ? words.fileHint(kindsInWords(rules.documentMediaTypes), rules.documentMaxMb) : null}
          error={problem ?? wrong("body")}
          withAsterisk
        >
          <input
            id={fileId}
            type="file"
            className={classes.file}
            accept={rules ? acceptOf(rules.documentMediaTypes) : undefined}
            aria-invalid={problem !== null || wrong("body") !== null}
            aria-describedby={`${fileId}-description ${fileId}-error`}
            disabled={sending.isPending}
            required
            data-autofocus
            onChange={(event) => {
              const chosen = event.currentTarget.files?.[0] ?? null;
              sending.reset();
              setFile(chosen);
              if (chosen) setName(chosen.name);
            }}
          />
        </Input.Wrapper>
        <TextInput
          label={words.name}
          description={words.nameHint}
          maxLength={255}
          withAsterisk
          required
          value={name}
          readOnly={sending.isPending}
          error={(isTried && needed(name)) || wrong("name")}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={words.kind}
          description={words.kindHint}
          maxLength={100}
          withAsterisk
          required
          value={kind}
          readOnly={sending.isPending}
          error={(isTried && needed(kind)) || wrong("kind")}
          onChange={(event) => setKind(event.currentTarget.value)}
        />
        {sending.isPending && file ? <Progress sent={sending.sent} size={file.size} /> : null}
        {sending.isStopped ? <p role="status">{words.stopped}</p> : null}
        {failure && !hasPlace ? <FailureNote error={sending.error} /> : null}
        <OffNote />
        <div className={classes.formActions}>
          {sending.isPending ? (
            <Button
              variant="default"
              aria-disabled={file !== null && sending.sent >= file.size}
              data-disabled={file !== null && sending.sent >= file.size}
              onClick={() => {
                if (file && sending.sent < file.size) sending.stop();
              }}
            >
              {words.stop}
            </Button>
          ) : (
            <Button variant="default" onClick={onClose}>
              {texts.permit.goBack}
            </Button>
          )}
          <Button type="submit" data-disabled={isLost} aria-disabled={sending.isPending || isLost}>
            {sending.isPending ? words.sending : words.upload}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function Progress({ sent, size }: { sent: number; size: number }) {
  const id = useId();
  return (
    <div className={classes.progress}>
      <progress max={size} value={Math.min(sent, size)} aria-labelledby={id} />
      <span id={id}>{sent >= size ? words.checking : words.sent(bytes(sent), bytes(size))}</span>
    </div>
  );
}
