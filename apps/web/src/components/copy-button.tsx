import { UnstyledButton } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { Check, Copy } from "lucide-react";
import { useEffect, useId, useRef } from "react";
import { texts } from "../texts.ts";
import classes from "./copy-button.module.css";

/** Copies a value; the word beside the icon says so. Where the browser gives no clipboard, the value stands there selected. */
export function CopyButton({
  value,
  label,
  done = texts.failure.copied,
  name,
}: {
  value: string;
  label: string;
  done?: string;
  /** What a reader of the screen hears, when the label alone does not say what is copied. */
  name?: string;
}) {
  const clipboard = useClipboard({ timeout: 2_000 });
  return (
    <>
      <UnstyledButton
        className={classes.copy}
        {...(name && { "aria-label": name })}
        onClick={() => clipboard.copy(value)}
      >
        {clipboard.copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
        <span aria-live="polite">{clipboard.copied ? done : label}</span>
      </UnstyledButton>
      {clipboard.error ? <ByHand value={value} label={name ?? label} /> : null}
    </>
  );
}

function ByHand({ value, label }: { value: string; label: string }) {
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
        ref={field}
      />
      <span id={hint} role="alert">
        {texts.failure.copyByHand}
      </span>
    </span>
  );
}
