import { useClipboard } from "@mantine/hooks";
import { useState } from "react";

/** Copies a text; `failed` is the one that the browser did not take (it gives no clipboard over plain http), to be copied by hand. */
export const useCopying = () => {
  const clipboard = useClipboard({ timeout: 2_000 });
  const [asked, setAsked] = useState("");
  return {
    copy: (text: string) => {
      setAsked(text);
      clipboard.copy(text);
    },
    copied: clipboard.copied,
    failed: clipboard.error === null ? null : asked,
    giveUp: clipboard.reset,
  };
};
