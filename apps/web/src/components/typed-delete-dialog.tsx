import type { EventCode } from "@countersign/audit/catalogue";
import { TextInput } from "@mantine/core";
import { useState } from "react";
import { ActDialog } from "./act-dialog.tsx";

type Props = {
  title: string;
  effect: string;
  verb: string;
  event: EventCode;
  error: unknown;
  isWorking: boolean;
  onClose: () => void;
  onDelete: (reason: string) => void;
  onReadAgain: () => void;
  /** What has to be typed, and what is said when something else was. */
  label: string;
  differs: string;
  isSame: (typed: string) => boolean;
};

/** Removes something once its name was typed. */
export function TypedDeleteDialog({ onDelete, label, differs, isSame, ...act }: Props) {
  const [typed, setTyped] = useState("");
  const [isTried, setTried] = useState(false);
  const same = isSame(typed.trim());
  return (
    <ActDialog
      {...act}
      needsReason
      isReady={() => {
        setTried(true);
        return same;
      }}
      onAct={onDelete}
    >
      <TextInput
        label={label}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        withAsterisk
        required
        data-autofocus
        value={typed}
        error={isTried && !same ? differs : null}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </ActDialog>
  );
}
