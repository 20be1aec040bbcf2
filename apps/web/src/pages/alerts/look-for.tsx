import type { Feature } from "@countersign/audit/features";
import { useRef } from "react";
import type { LogEntry } from "../../api.ts";
import { Foreign } from "../../components/foreign.tsx";
import { useMay } from "../../me.ts";
import { type LogSearch, listInput } from "../log/log-search.ts";
import { QueryField } from "../log/query-field.tsx";
import { useSeenNames } from "../log/seen-names.ts";
import classes from "./alerts.module.css";
import { filterOf } from "./rule-draft.ts";
import { lookWords } from "./rule-words.ts";

const none: LogEntry[] = [];

type Props = {
  search: LogSearch;
  label: string;
  hint: string;
  /** Who lacks it sees what is looked for in words, and why it stays. */
  needs: Feature;
  needsHint: string;
  onChange: (search: LogSearch) => void;
};

/** Which events are meant, asked as in the log. */
export function LookFor({ search, label, hint, needs, needsHint, onChange }: Props) {
  const mayChange = useMay(needs);
  const names = useSeenNames(none);
  const field = useRef<HTMLInputElement>(null);
  return (
    <div className={classes.look}>
      <span className={classes.label} aria-hidden>
        {label}
      </span>
      {mayChange ? (
        <QueryField search={search} asked={listInput(search, 0)} names={names} onChange={onChange} fieldRef={field} />
      ) : (
        <p className={classes.sentence}>
          <Foreign text={lookWords(filterOf(search))} />
        </p>
      )}
      <p className={classes.hint}>{mayChange ? hint : needsHint}</p>
    </div>
  );
}
