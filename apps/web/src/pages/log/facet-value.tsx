import { UnstyledButton } from "@mantine/core";
import { Check, Minus } from "lucide-react";
import { Foreign } from "../../components/foreign.tsx";
import { SeverityMark } from "../../events/severity-mark.tsx";
import { count } from "../../format.ts";
import classes from "./facets.module.css";
import type { FacetRow } from "./facets.ts";
import type { ListKey, LogSearch } from "./log-search.ts";
import { exclude, forget, include, only } from "./query-edit.ts";
import { queryTexts } from "./query-texts.ts";

const words = queryTexts.facets;

type Props = {
  row: FacetRow;
  list: ListKey;
  /** Of how many events the counts are. */
  counted: number;
  search: LogSearch;
  onChange: (search: LogSearch) => void;
};

/** One value: pressing it wants it or no longer does; beside it, only this one and not this one. */
export function FacetValueRow({ row, list, counted, search, onChange }: Props) {
  const { value, name, stance } = row;
  const share = counted === 0 ? 0 : ((row.count ?? 0) / counted) * 100;
  const change = (edit: typeof only) => onChange(edit(search, list, value));
  return (
    <li
      className={classes.row}
      data-stance={stance ?? undefined}
      data-none={(row.count === 0 && stance === null) || undefined}
    >
      <UnstyledButton
        className={classes.value}
        aria-pressed={stance === "included"}
        title={name}
        onClick={() => change(stance === null ? include : forget)}
      >
        <span className={classes.mark} aria-hidden>
          {stance === "included" ? <Check size={13} aria-hidden /> : null}
          {stance === "excluded" ? <Minus size={13} aria-hidden /> : null}
          {stance === null && list === "severity" ? <SeverityMark severity={value} bare /> : null}
        </span>
        <span className={classes.name}>
          <Foreign text={name} />
        </span>
        <span className={classes.count}>
          {stance === "excluded" ? words.leftOut : row.count === null ? null : count(row.count)}
        </span>
        <span className={classes.bar} aria-hidden>
          <span style={{ inlineSize: `${share}%` }} />
        </span>
      </UnstyledButton>
      <span className={classes.acts}>
        <UnstyledButton className={classes.act} aria-label={words.onlyThis(name)} onClick={() => change(only)}>
          {words.only}
        </UnstyledButton>
        <UnstyledButton
          className={classes.act}
          aria-label={stance === "excluded" ? words.takeBack(name) : words.excludeThis(name)}
          onClick={() => change(stance === "excluded" ? forget : exclude)}
        >
          {words.exclude}
        </UnstyledButton>
      </span>
    </li>
  );
}
