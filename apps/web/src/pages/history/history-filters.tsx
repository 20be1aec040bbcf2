import { eventTypes } from "@countersign/audit/catalogue";
import { Checkbox, NativeSelect, TextInput, UnstyledButton } from "@mantine/core";
import { Search } from "lucide-react";
import { useRef, useState } from "react";
import { usePageKeys } from "../../components/page-keys.ts";
import classes from "./history.module.css";
import { type HistorySearch, isFiltered, parseHistorySearch, without } from "./history-search.ts";
import { historyTexts } from "./history-texts.ts";
import { codesAbout } from "./object-kinds.ts";

const words = historyTexts.filters;

type Props = { type: string; search: HistorySearch; onChange: (search: HistorySearch) => void };

/** Kind of event, text, and whether what only names the object is woven in. */
export function HistoryFilters({ type, search, onChange }: Props) {
  const field = useRef<HTMLInputElement>(null);
  usePageKeys({ "/": () => field.current?.focus() });
  const set = (key: "q" | "show" | "related", value: string) =>
    onChange(parseHistorySearch({ ...search, [key]: value }));
  return (
    <search className={classes.filters} aria-label={words.label} data-print="no">
      <NativeSelect
        label={words.show}
        value={search.show ?? ""}
        onChange={(event) => set("show", event.currentTarget.value)}
        data={[
          { value: "", label: words.all },
          { value: "changes", label: words.changes },
          ...codesAbout(type).map((value) => ({ value, label: eventTypes[value].name })),
        ]}
      />
      <SearchField key={search.q ?? ""} q={search.q ?? ""} onSearch={(q) => set("q", q)} inputRef={field} />
      <Checkbox
        className={classes.related}
        label={words.related[type] ?? words.relatedOther}
        checked={search.related !== "no"}
        onChange={(event) => set("related", event.currentTarget.checked ? "" : "no")}
      />
      {isFiltered(search) ? (
        <UnstyledButton className={classes.clear} onClick={() => onChange(without(search, "q", "show", "related"))}>
          {words.clear}
        </UnstyledButton>
      ) : null}
    </search>
  );
}

type FieldProps = { q: string; onSearch: (q: string) => void; inputRef: React.Ref<HTMLInputElement> };

function SearchField({ q, onSearch, inputRef }: FieldProps) {
  const [text, setText] = useState(q);
  const submit = () => {
    if (text.trim() !== q) onSearch(text);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TextInput
        ref={inputRef}
        type="search"
        label={words.text}
        placeholder={words.textHint}
        leftSection={<Search size={14} aria-hidden />}
        maxLength={256}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={submit}
      />
    </form>
  );
}
