import { severities } from "@countersign/audit/catalogue";
import { Kbd, NativeSelect, TextInput, UnstyledButton } from "@mantine/core";
import { Search } from "lucide-react";
import type { Ref } from "react";
import { texts } from "../../texts.ts";
import classes from "./catalogue.module.css";
import { type CatalogueSearch, isFiltered, parseCatalogueSearch, shows } from "./catalogue-search.ts";
import { catalogueTexts as words } from "./catalogue-texts.ts";

type Props = {
  search: CatalogueSearch;
  onChange: (search: CatalogueSearch) => void;
  searchRef: Ref<HTMLInputElement>;
};

/** Text, severity and state of the types shown; nothing is asked of the server. */
export function CatalogueFilters({ search, onChange, searchRef }: Props) {
  const set = (key: keyof CatalogueSearch, value: string) =>
    onChange(parseCatalogueSearch({ ...search, [key]: value }));
  return (
    <search className={classes.filters} aria-label={words.searchLabel}>
      <TextInput
        ref={searchRef}
        type="search"
        className={classes.search}
        maxLength={256}
        label={words.searchLabel}
        placeholder={words.search}
        leftSection={<Search size={15} aria-hidden />}
        rightSection={<Kbd size="xs">/</Kbd>}
        value={search.q ?? ""}
        onChange={(event) => set("q", event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
      <NativeSelect
        label={words.severity}
        data={[
          { value: "", label: words.any },
          ...severities.map((value) => ({ value, label: texts.severity[value] })),
        ]}
        value={search.severity ?? ""}
        onChange={(event) => set("severity", event.currentTarget.value)}
      />
      <NativeSelect
        label={words.show}
        data={shows.map((value) => ({ value, label: words.shows[value] }))}
        value={search.show ?? "all"}
        onChange={(event) => set("show", event.currentTarget.value)}
      />
      {isFiltered(search) ? (
        <UnstyledButton className={classes.clear} onClick={() => onChange({})}>
          {words.clear}
        </UnstyledButton>
      ) : null}
    </search>
  );
}
