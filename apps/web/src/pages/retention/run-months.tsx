import { UnstyledButton } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTRPC } from "../../api.ts";
import { FailureNote } from "../../components/failure-note.tsx";
import { count } from "../../format.ts";
import { useMay } from "../../me.ts";
import classes from "./retention.module.css";
import { retentionTexts } from "./retention-texts.ts";
import { type Manifest, monthName, policyName, type Run, skipWords } from "./retention-words.ts";

const words = retentionTexts.runs;

const save = (name: string, value: unknown): void => {
  const address = URL.createObjectURL(new Blob([JSON.stringify(value, null, 2)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
};

/** Month by month what a run did: each with its manifest to take away, or why it was left alone. */
export function RunMonths({ run: { manifests, skipped } }: { run: Run }) {
  // What was given up after it was planned stands as a manifest already.
  const told = new Set(manifests.filter(({ state }) => state === "skipped").map(({ policy, month }) => policy + month));
  const others = skipped.filter(({ policy, month }) => !told.has(policy + month));
  return (
    <ul className={classes.months}>
      {manifests.map((manifest) => (
        <MonthLine key={manifest.id} manifest={manifest} />
      ))}
      {others.map(({ policy, month, reason }) => (
        <li key={`${policy} ${month} ${reason}`} className={classes.month}>
          <span>
            <strong>{monthName(month)}</strong>, {policyName(policy)}: {words.state.skipped}, {skipWords(reason)}
          </span>
        </li>
      ))}
    </ul>
  );
}

function MonthLine({ manifest }: { manifest: Manifest }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const mayReadLog = useMay("audit.read");
  const [error, setError] = useState<unknown>(null);
  const { id, policy, month, state, reason, count: events, first, last, archive, eventId } = manifest;
  const name = `${monthName(month)}, ${policyName(policy)}`;
  const download = async () => {
    setError(null);
    try {
      save(`manifest-${id}.json`, await queries.fetchQuery(trpc.retention.manifest.queryOptions({ id })));
    } catch (failed) {
      setError(failed);
    }
  };
  return (
    <li className={classes.month}>
      <span>
        <strong>{monthName(month)}</strong>, {policyName(policy)}: {words.events(count(events))},{" "}
        {words.places(count(first), count(last))}, {words.state[state]}
        {reason === null ? "" : `, ${skipWords(reason)}`}
        {state === "dropped" && archive === null ? `, ${words.noArchive}` : ""}
      </span>
      <span className={classes.monthActs}>
        <UnstyledButton className={classes.link} aria-label={words.manifestOf(name)} onClick={() => void download()}>
          {words.manifest}
        </UnstyledButton>
        {mayReadLog ? (
          <Link to="/log" search={{ event: eventId }} className={classes.link}>
            {words.event}
          </Link>
        ) : null}
      </span>
      {archive === null ? null : (
        <code className={classes.archive}>
          {archive.leaves} {archive.leavesSha256.slice(0, 16)}…
        </code>
      )}
      {error ? <FailureNote error={error} onRetry={() => void download()} /> : null}
    </li>
  );
}
