import { UnstyledButton } from "@mantine/core";
import { Check, Copy } from "lucide-react";
import { texts } from "../texts.ts";
import classes from "./copy-button.module.css";
import { ByHand } from "./copy-by-hand.tsx";
import { useCopying } from "./copying.ts";

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
  const { copy, copied, failed } = useCopying();
  return (
    <>
      <UnstyledButton className={classes.copy} {...(name && { "aria-label": name })} onClick={() => copy(value)}>
        {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
        <span aria-live="polite">{copied ? done : label}</span>
      </UnstyledButton>
      {failed === null ? null : <ByHand value={failed} label={name ?? label} />}
    </>
  );
}
