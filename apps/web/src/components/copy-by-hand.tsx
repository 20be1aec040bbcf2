import { useEffect, useId, useRef } from "react";
import { texts } from "../texts.ts";
import classes from "./copy-button.module.css";

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
