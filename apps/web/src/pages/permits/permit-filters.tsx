import { Kbd, NativeSelect, TextInput, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { type FormEvent, type Ref, useState } from "react";
import { useTRPC } from "../../api.ts";
import { markedText } from "../../marks.ts";
import { useMay } from "../../me.ts";
import { texts } from "../../texts.ts";
import { isFiltered, type PermitSearch, parsePermitSearch, permitStatuses } from "./permit-search.ts";
import classes from "./permits.module.css";

type Props = { search: PermitSearch; onChange: (search: PermitSearch) => void; searchRef: Ref<HTMLInputElement> };

/** Text, status, type and assignee of the permits shown. */
export function PermitFilters({ search, onChange, searchRef }: Props) {
  const trpc = useTRPC();
  const settings = useQuery(trpc.system.settings.queryOptions());
  const mayAssign = useMay("permits.assign");
  const assignees = useQuery({ ...trpc.permits.assignees.queryOptions({}), staleTime: 60_000, enabled: mayAssign });
  const set = (key: keyof PermitSearch, value: string) => onChange(parsePermitSearch({ ...search, [key]: value }));
  const any = { value: "", label: texts.permits.any };
  return (
    <search className={classes.filters} aria-label={texts.permits.searchLabel}>
      <SearchField key={search.q ?? ""} q={search.q ?? ""} onSearch={(q) => set("q", q)} searchRef={searchRef} />
      <NativeSelect
        label={texts.permits.status}
        data={[any, ...permitStatuses.map((value) => ({ value, label: texts.permitStatus[value] }))]}
        value={search.status ?? ""}
        onChange={(event) => set("status", event.currentTarget.value)}
      />
      <NativeSelect
        label={texts.permits.type}
        data={[any, ...(settings.data?.permitTypes ?? (search.type ? [search.type] : []))]}
        value={search.type ?? ""}
        onChange={(event) => set("type", event.currentTarget.value)}
      />
      <NativeSelect
        label={texts.permits.assignedTo}
        data={[
          any,
          { value: "nobody", label: texts.permits.nobody },
          ...(assignees.data?.items ?? []).map((user) => ({ value: String(user.id), label: markedText(user.name) })),
        ]}
        value={search.assigned ?? ""}
        onChange={(event) => set("assigned", event.currentTarget.value)}
      />
      {isFiltered(search) ? (
        <UnstyledButton className={classes.clear} onClick={() => onChange({})}>
          {texts.permits.clear}
        </UnstyledButton>
      ) : null}
    </search>
  );
}

type FieldProps = { q: string; onSearch: (q: string) => void; searchRef: Ref<HTMLInputElement> };

function SearchField({ q, onSearch, searchRef }: FieldProps) {
  const [text, setText] = useState(q);
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (text.trim() !== q) onSearch(text.trim());
  };
  return (
    <form className={classes.search} onSubmit={submit}>
      <TextInput
        ref={searchRef}
        type="search"
        maxLength={256}
        label={texts.permits.searchLabel}
        placeholder={texts.permits.search}
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
