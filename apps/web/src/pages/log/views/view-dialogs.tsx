import { Checkbox, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { FormDialog } from "../../../components/form-dialog.tsx";
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
  const { act, ask } = views;
  return (
    <FormDialog
      title={title}
      effect={effect}
      verb={verb}
      working={words.saving}
      cancel={words.goBack}
      error={act.error}
      isWorking={act.isPending}
      onClose={() => ask(null)}
      onSend={onAct}
      onReadAgain={views.readAgain}
    >
      {children}
    </FormDialog>
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
