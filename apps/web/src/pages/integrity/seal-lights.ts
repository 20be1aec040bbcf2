import { CircleDashed, type LucideIcon, Stamp, TriangleAlert } from "lucide-react";
import { count } from "../../format.ts";
import { type Lamp, type Sealing, span } from "./integrity-state.ts";
import { integrityTexts } from "./integrity-texts.ts";

export type Tone = "good" | "open" | "bad";
export type Light = { tone: Tone; Icon: LucideIcon; title: string; hint: string };

const sealWords = integrityTexts.lamp;
/** What the lamp of the seal shows, by its kind. */
export const seals = {
  none: ({ waiting }) => ({
    tone: "open",
    Icon: CircleDashed,
    title: sealWords.none,
    hint: waiting > 0 ? sealWords.noneWaits(count(waiting)) : sealWords.noneHint,
  }),
  signed: ({ ageMs }, { size }) => ({
    tone: "good",
    Icon: Stamp,
    title: sealWords.signed(span(ageMs)),
    hint: size === 1 ? sealWords.oneHint : sealWords.signedHint(count(size)),
  }),
  signing: ({ ageMs, waiting }) => ({
    tone: "good",
    Icon: Stamp,
    title: sealWords.signing(span(ageMs)),
    hint: sealWords.signingHint(count(waiting)),
  }),
  late: ({ ageMs, waiting }) => ({
    tone: "bad",
    Icon: TriangleAlert,
    title: sealWords.late(span(ageMs)),
    hint: sealWords.lateHint(count(waiting)),
  }),
  silent: ({ ageMs }) => ({
    tone: "bad",
    Icon: TriangleAlert,
    title: sealWords.silent(span(ageMs)),
    hint: sealWords.silentHint,
  }),
} satisfies Record<Lamp["kind"], (lamp: Lamp, state: Sealing) => Light>;
