import { Modal } from "@mantine/core";
import { useEffect, useId, useRef } from "react";
import { texts } from "../texts.ts";
import classes from "./copy-button.module.css";
import { useFocusBack } from "./focus-back.ts";

/** A text that the browser did not copy, selected. */
export function ByHand({ value, label }: { value: string; label: string }) {
  const hint = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  return (
    <span className={classes.byHand}>
      <textarea
        className={classes.value}
        readOnly
        rows={Math.min(value.split("\n").length, 6)}
        value={value}
        aria-label={label}
        aria-describedby={hint}
        spellCheck={false}
        data-autofocus
        onFocus={(event) => event.currentTarget.select()}
        ref={field}
      />
      <span id={hint} role="alert">
        {texts.failure.copyByHand}
      </span>
    </span>
  );
}

/** The same on a sheet of its own, for what was asked of a menu that is gone. */
export function ByHandSheet({ value, label, onClose }: { value: string; label: string; onClose: () => void }) {
  useFocusBack();
  return (
    <Modal opened onClose={onClose} title={label}>
      <ByHand value={value} label={label} />
    </Modal>
  );
}
