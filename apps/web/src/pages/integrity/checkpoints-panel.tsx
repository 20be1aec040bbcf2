import { parseNote } from "@countersign/audit/ledger/note";
import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useTRPC } from "../../api.ts";
import figures from "../../components/figures-table.module.css";
import { Foreign } from "../../components/foreign.tsx";
import { QueryBody } from "../../components/query-body.tsx";
import { count, dateTime } from "../../format.ts";
import { usePreferences } from "../../preferences.ts";
import { type NamedKey, witnessKeys } from "../../proof/ledger-keys.ts";
import { saveAs } from "../../raw-calls.ts";
import classes from "./integrity.module.css";
import { integrityTexts } from "./integrity-texts.ts";

const words = integrityTexts.checkpoints;
const pageSize = 10;

/** The witnesses whose line stands under a note; whether it fits is looked at when the note is. */
const witnessesOf = (note: string, keys: readonly NamedKey[]): string[] => {
  const parsed = parseNote(note);
  const known = witnessKeys(keys).map(({ name }) => name);
  return parsed.ok ? parsed.value.signatures.map(({ name }) => name).filter((name) => known.includes(name)) : [];
};

/** Everything that was signed of the log, page by page, each as a file to keep elsewhere. */
export function CheckpointsPanel({ keys }: { keys: readonly NamedKey[] }) {
  const trpc = useTRPC();
  const { zone } = usePreferences();
  const options = trpc.integrity.checkpoints.infiniteQueryOptions(
    { limit: pageSize },
    { getNextPageParam: (page) => page.nextCursor ?? undefined, staleTime: 10_000 },
  );
  const query = useInfiniteQuery(options);
  return (
    <section className={classes.panel} aria-labelledby="checkpoints">
      <h2 id="checkpoints" className={classes.section}>
        {words.title}
      </h2>
      <p className={classes.muted}>{words.hint}</p>
      <QueryBody title={words.title} query={query} queryKey={options.queryKey} rows={pageSize}>
        {({ pages }) => (
          <div className={classes.tableFrame}>
            <table className={`${figures.table} ${classes.table}`}>
              <caption>{words.table}</caption>
              <thead>
                <tr>
                  <th scope="col">{words.signed}</th>
                  <th scope="col">{words.size}</th>
                  <th scope="col">{words.witnesses}</th>
                  <th scope="col">{words.note}</th>
                </tr>
              </thead>
              <tbody>
                {pages
                  .flatMap(({ items }) => items)
                  .map(({ size, note, signedAt }) => (
                    <tr key={size}>
                      <td>
                        <time dateTime={signedAt}>{dateTime(signedAt, zone)}</time>
                      </td>
                      <td>{count(size)}</td>
                      <td>
                        <Foreign text={witnessesOf(note, keys).join(", ") || words.none} />
                      </td>
                      <td>
                        <Button
                          variant="default"
                          size="compact-xs"
                          leftSection={<Download size={14} aria-hidden />}
                          aria-label={words.downloadOf(count(size))}
                          onClick={() => saveAs(new Blob([note], { type: "text/plain" }), `checkpoint-${size}.txt`)}
                        >
                          {words.download}
                        </Button>
                      </td>
                    </tr>
                  ))}
              </tbody>
            </table>
          </div>
        )}
      </QueryBody>
      {query.hasNextPage ? (
        <Button
          variant="default"
          size="xs"
          aria-disabled={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {query.isFetchingNextPage ? words.reading : words.more}
        </Button>
      ) : null}
    </section>
  );
}
