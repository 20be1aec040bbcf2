import { fromBase64, isLongerThan, toBase64, toHex } from "../utf8.ts";
import { found, type Outcome, refused } from "./outcome.ts";
import { wellFormedText } from "./well-formed.ts";

/** One signature line; `keyId` is 8 hex digits, `signature` what follows the key id. */
export type NoteSignature = { name: string; keyId: string; signature: Uint8Array };

/** `text` ends in a newline and is what was signed. Not to be believed before a signature was checked. */
export type Note = { text: string; signatures: readonly NoteSignature[] };

export type NoteRefusal =
  | "too_long"
  | "encoding"
  | "control_character"
  | "no_signatures"
  | "too_many_signatures"
  | "signature_line";

const noteBytes = 64 * 1024;
const maxSignatures = 16;
const keyIdBytes = 4;

const isControl = (text: string): boolean => {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 && code !== 0x0a) return true;
  }
  return false;
};

/** A key name is not empty and has neither spaces nor a plus. */
export const isKeyName = (name: string): boolean => /^[^\s\u0085+]+$/u.test(name) && !isControl(name);

/** The parts of `— <name> <base64>` without newline; null when it is no signature line. */
export const parseSignatureLine = (line: string): NoteSignature | null => {
  const [dash, name = "", base64 = "", more] = line.split(" ");
  if (dash !== "—" || more !== undefined || !isKeyName(name)) return null;
  const bytes = fromBase64(base64);
  if (bytes === null || bytes.length <= keyIdBytes) return null;
  return { name, keyId: toHex(bytes.subarray(0, keyIdBytes)), signature: bytes.subarray(keyIdBytes) };
};

/** The line without newline that `parseSignatureLine` reads. */
export const formatSignatureLine = ({ name, keyId, signature }: NoteSignature): string => {
  const id = Uint8Array.from(keyId.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
  return `— ${name} ${toBase64(Uint8Array.of(...id, ...signature))}`;
};

/** Reads a signed note (C2SP signed-note): at most 64 KiB and 16 signatures, which follow the last empty line. */
export const parseNote = (input: string | Uint8Array): Outcome<Note, NoteRefusal> => {
  if (typeof input === "string" ? isLongerThan(input, noteBytes) : input.length > noteBytes) return refused("too_long");
  const note = wellFormedText(input);
  if (note === null) return refused("encoding");
  if (isControl(note)) return refused("control_character");
  const blank = note.lastIndexOf("\n\n");
  if (blank < 0 || !note.endsWith("\n")) return refused("no_signatures");
  const lines = note.slice(blank + 2, -1).split("\n");
  if (lines.length === 1 && lines[0] === "") return refused("no_signatures");
  if (lines.length > maxSignatures) return refused("too_many_signatures");
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const signature = parseSignatureLine(line);
    if (signature === null) return refused("signature_line");
    signatures.push(signature);
  }
  return found({ text: note.slice(0, blank + 1), signatures });
};

/** The note that `parseNote` reads. */
export const formatNote = ({ text, signatures }: Note): string =>
  `${text}\n${signatures.map((signature) => `${formatSignatureLine(signature)}\n`).join("")}`;
