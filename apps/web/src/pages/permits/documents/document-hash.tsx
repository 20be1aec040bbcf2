import { VisuallyHidden } from "@mantine/core";
import type { Document } from "../../../api.ts";
import { CopyButton } from "../../../components/copy-button.tsx";
import { markedText } from "../../../marks.ts";
import { documentsTexts as words } from "../../documents/documents-texts.ts";
import classes from "./documents.module.css";

/** The SHA-256 of a document, in short, and a way to copy all of it. */
export function DocumentHash({ document: { sha256, name } }: { document: Document }) {
  return (
    <span className={classes.hash}>
      <code>
        {sha256.slice(0, 8)}
        <VisuallyHidden>{sha256.slice(8)}</VisuallyHidden>…
      </code>
      <CopyButton value={sha256} label={words.copy} name={words.copyOf(markedText(name))} done={words.copied} />
    </span>
  );
}
