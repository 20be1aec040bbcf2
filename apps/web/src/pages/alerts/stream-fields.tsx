import { type EventFormatName, eventFormatNames, eventFormats } from "@countersign/audit/formats/index";
import { NativeSelect } from "@mantine/core";
import { alertsTexts } from "./alerts-texts.ts";
import { LookFor } from "./look-for.tsx";
import type { StreamDraft, StreamFrom } from "./stream-draft.ts";

const words = alertsTexts.channels.stream;

type Props = { draft: StreamDraft; isNew: boolean; onChange: (draft: StreamDraft) => void };

/** Which events a stream sends, in what form, and from where on. */
export function StreamFields({ draft, isNew, onChange }: Props) {
  const from = isNew ? (["now", "beginning"] as const) : (["stay", "now", "beginning"] as const);
  const froms = isNew ? words.begin : words.goOn;
  return (
    <>
      <LookFor
        search={draft.search}
        label={words.what}
        hint={words.whatHint}
        needs="audit.export"
        needsHint={words.needs}
        onChange={(search) => onChange({ ...draft, search })}
      />
      <NativeSelect
        label={words.format}
        data={eventFormatNames.map((value) => ({ value, label: eventFormats[value].name }))}
        value={draft.format}
        onChange={(event) => onChange({ ...draft, format: event.currentTarget.value as EventFormatName })}
      />
      <NativeSelect
        label={words.from}
        data={from.map((value) => ({ value, label: froms[value] }))}
        value={draft.from}
        onChange={(event) => onChange({ ...draft, from: event.currentTarget.value as StreamFrom })}
      />
    </>
  );
}
