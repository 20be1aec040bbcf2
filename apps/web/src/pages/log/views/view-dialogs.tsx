import { Button, Checkbox, Modal, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { failureOf } from "../../../api.ts";
import classes from "../../../components/act-dialog.module.css";
import { FailureNote } from "../../../components/failure-note.tsx";
import { useFocusBack } from "../../../components/focus-back.ts";
import { Foreign } from "../../../components/foreign.tsx";
import { texts } from "../../../texts.ts";
import type { SavedView, SavedViews } from "./saved-views.ts";
import { viewsTexts as words } from "./views-texts.ts";

type Props = {
  views: SavedViews;
  title: string;
  effect: string;
  verb: string;
  onAct: () => void;
  children?: ReactNode;
};

/** Says what will happen and stays until the event is kept. */
function ViewDialog({ views, title, effect, verb, onAct, children }: Props) {
  useFocusBack();
  const { act, ask } = views;
  const isStale = act.isError && failureOf(act.error).reason === "stale_version";
  const close = () => ask(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!act.isPending) onAct();
  };
  return (
    <Modal opened onClose={close} title={<Foreign text={title} />}>
      <form className={classes.dialog} noValidate onSubmit={submit}>
        <p className={classes.effectText}>
          <Foreign text={effect} />
        </p>
        {children}
        {act.isError ? (
          <FailureNote
            error={act.error}
            {...(isStale && { onRetry: views.readAgain, retryLabel: texts.failure.readAgain })}
          />
        ) : null}
        <div className={classes.dialogActions}>
          <Button variant="default" onClick={close}>
            {words.goBack}
          </Button>
          <Button type="submit" aria-disabled={act.isPending}>
            {act.isPending ? words.saving : verb}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

/** A name that is given; `onNamed` gets it trimmed. */
const useName = (first: string, onNamed: (name: string) => void) => {
  const [name, setName] = useState(first);
  const [isTried, setTried] = useState(false);
  const trimmed = name.trim();
  const field = (
    <TextInput
      label={words.name}
      value={name}
      maxLength={100}
      required
      withAsterisk
      data-autofocus
      error={isTried && trimmed === "" ? words.nameNeeded : null}
      onChange={(event) => setName(event.currentTarget.value)}
    />
  );
  const submit = () => {
    setTried(true);
    if (trimmed !== "") onNamed(trimmed);
  };
  return { field, submit };
};

/** `what` says in words what the log shows now. */
export function SaveDialog({ views, what }: { views: SavedViews; what: string }) {
  const [shared, setShared] = useState(false);
  const { field, submit } = useName("", (name) => views.saveAs(name, shared));
  return (
    <ViewDialog views={views} title={words.saveTitle} effect={words.saveEffect(what)} verb={words.save} onAct={submit}>
      {field}
      <Checkbox label={words.sharing} checked={shared} onChange={(event) => setShared(event.currentTarget.checked)} />
    </ViewDialog>
  );
}

export function RenameDialog({ views, name }: { views: SavedViews; name: string }) {
  const { field, submit } = useName(name, views.rename);
  return (
    <ViewDialog
      views={views}
      title={words.renameTitle(name)}
      effect={words.renameEffect}
      verb={words.renameVerb}
      onAct={submit}
    >
      {field}
    </ViewDialog>
  );
}

export function RemoveDialog({ views, view }: { views: SavedViews; view: SavedView }) {
  return (
    <ViewDialog
      views={views}
      title={words.removeTitle(view.name)}
      effect={view.shared ? words.removeShared : words.removeEffect}
      verb={words.removeVerb}
      onAct={views.remove}
    />
  );
}
