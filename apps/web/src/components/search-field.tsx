import { Kbd, TextInput } from "@mantine/core";
import { Search } from "lucide-react";
import { type FormEvent, type Ref, useState } from "react";
import classes from "./filters.module.css";

type Props = {
  label: string;
  placeholder: string;
  q: string;
  onSearch: (q: string) => void;
  fieldRef: Ref<HTMLInputElement>;
};

/** A text to search for, asked for with Enter or on leaving the field; follows the address through its `key`. */
export function SearchField({ label, placeholder, q, onSearch, fieldRef }: Props) {
  const [text, setText] = useState(q);
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (text.trim() !== q) onSearch(text.trim());
  };
  return (
    <form className={classes.search} onSubmit={submit}>
      <TextInput
        ref={fieldRef}
        type="search"
        maxLength={256}
        label={label}
        placeholder={placeholder}
        leftSection={<Search size={15} aria-hidden />}
        rightSection={<Kbd size="xs">/</Kbd>}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={() => submit()}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
    </form>
  );
}
