import { Checkbox, NativeSelect, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Ref } from "react";
import { useTRPC } from "../../api.ts";
import classes from "../../components/filters.module.css";
import { SearchField } from "../../components/search-field.tsx";
import { markedText } from "../../marks.ts";
import { useMay } from "../../me.ts";
import { texts } from "../../texts.ts";
import {
  isFiltered,
  type PermitSearch,
  parsePermitSearch,
  permitStatuses,
  soonDays,
  unfiltered,
  withChosen,
} from "./permit-search.ts";
import { listTexts } from "./permits-texts.ts";

type Props = {
  search: PermitSearch;
  /** Who the permits shown are assigned to, for the name of one whom nothing can be assigned to any more. */
  assignees: readonly { id: number; name: string }[];
  onChange: (search: PermitSearch) => void;
  searchRef: Ref<HTMLInputElement>;
};

/** Text, status, type, assignee and nearness of the end of the permits shown. */
export function PermitFilters({ search, assignees: shown, onChange, searchRef }: Props) {
  const trpc = useTRPC();
  const settings = useQuery(trpc.system.settings.queryOptions());
  const mayAssign = useMay("permits.assign");
  const assignees = useQuery({ ...trpc.permits.assignees.queryOptions({}), staleTime: 60_000, enabled: mayAssign });
  const set = (key: keyof PermitSearch, value: string) => onChange(parsePermitSearch({ ...search, [key]: value }));
  const any = { value: "", label: texts.permits.any };
  return (
    <search className={classes.filters} aria-label={texts.permits.searchLabel}>
      <SearchField
        key={search.q ?? ""}
        label={texts.permits.searchLabel}
        placeholder={texts.permits.search}
        q={search.q ?? ""}
        onSearch={(q) => set("q", q)}
        fieldRef={searchRef}
      />
      <NativeSelect
        label={texts.permits.status}
        data={[any, ...permitStatuses.map((value) => ({ value, label: texts.permitStatus[value] }))]}
        value={search.status ?? ""}
        onChange={(event) => set("status", event.currentTarget.value)}
      />
      <NativeSelect
        label={texts.permits.type}
        data={withChosen(
          [any, ...(settings.data?.permitTypes ?? []).map((type) => ({ value: type, label: type }))],
          search.type,
          markedText,
        )}
        value={search.type ?? ""}
        onChange={(event) => set("type", event.currentTarget.value)}
      />
      <NativeSelect
        label={texts.permits.assignedTo}
        data={withChosen(
          [
            any,
            { value: "nobody", label: texts.permits.nobody },
            ...(assignees.data?.items ?? []).map((user) => ({ value: String(user.id), label: markedText(user.name) })),
          ],
          search.assigned,
          (id) => markedText(shown.find((user) => String(user.id) === id)?.name ?? listTexts.aUser(id)),
        )}
        value={search.assigned ?? ""}
        onChange={(event) => set("assigned", event.currentTarget.value)}
      />
      <div className={classes.tick}>
        <Checkbox
          label={listTexts.endsSoon(search.ends ?? soonDays)}
          title={listTexts.endsSoonHint}
          checked={search.ends !== undefined}
          onChange={(event) => set("ends", event.currentTarget.checked ? String(soonDays) : "")}
        />
      </div>
      {isFiltered(search) ? (
        <UnstyledButton className={classes.clear} onClick={() => onChange(unfiltered(search))}>
          {texts.permits.clear}
        </UnstyledButton>
      ) : null}
    </search>
  );
}
