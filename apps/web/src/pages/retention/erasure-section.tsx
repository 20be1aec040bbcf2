import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { type Receipt, useTRPC, useTRPCClient } from "../../api.ts";
import { DataList } from "../../components/data-list.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { ReasonedButton } from "../../components/reasoned-button.tsx";
import { ReceiptNote } from "../../components/receipt-note.tsx";
import { useMay } from "../../me.ts";
import { usePreferences } from "../../preferences.ts";
import { saveAs } from "../../raw-calls.ts";
import { useLostAt } from "../../reach.ts";
import { texts } from "../../texts.ts";
import classes from "./erasure.module.css";
import { type CertificateForm, type Erasure, erasureColumns } from "./erasure-columns.tsx";
import { ErasureDialog } from "./erasure-dialog.tsx";
import { erasureTexts } from "./erasure-texts.ts";

const words = erasureTexts.erasures;
const everyMs = 2000;

/** Erasures with how far they are, and the way to a new one; read again while one is under way. */
export function ErasureSection() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queries = useQueryClient();
  const { zone } = usePreferences();
  const mayErase = useMay("retention.erase");
  const isLost = useLostAt() !== null;
  const [isErasing, setErasing] = useState(false);
  const [done, setDone] = useState<Receipt | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const query = useInfiniteQuery(
    trpc.erasures.list.infiniteQueryOptions(
      { limit: 50 },
      {
        getNextPageParam: (page) => page.nextCursor ?? undefined,
        placeholderData: keepPreviousData,
        staleTime: 0,
        refetchInterval: ({ state }) =>
          state.data?.pages.some(({ items }) => items.some((one) => one.state !== "done")) ? everyMs : false,
      },
    ),
  );
  const erasures = query.data?.pages.flatMap((page) => page.items) ?? [];
  const columns = useMemo(() => {
    const save = async ({ id }: Erasure, form: CertificateForm) => {
      setFailure(null);
      try {
        const { certificate, text } = await client.erasures.certificate.query({ id });
        const isText = form === "text";
        const content = isText ? text : `${JSON.stringify(certificate, null, 2)}\n`;
        saveAs(
          new Blob([content], { type: isText ? "text/plain" : "application/json" }),
          `erasure-${id}.${isText ? "txt" : "json"}`,
        );
      } catch (error) {
        setFailure(error);
      }
    };
    return erasureColumns({ zone, onSave: (erasure, form) => void save(erasure, form) });
  }, [zone, client]);
  const whyNot = !mayErase ? texts.notPermitted.needs("retention.erase") : isLost ? texts.failure.offlineReason : null;

  return (
    <section className={classes.section} aria-labelledby="erasures">
      <div className={classes.head}>
        <div>
          <h2 id="erasures" className={classes.title}>
            {words.title}
          </h2>
          <p className={classes.hint}>{words.hint}</p>
        </div>
        <ReasonedButton variant="default" reason={whyNot} onClick={() => setErasing(true)}>
          {words.erase}
        </ReasonedButton>
      </div>
      {done ? (
        <div className={classes.note}>
          <ReceiptNote done={done} sentence={erasureTexts.form.recorded} onDismiss={() => setDone(null)} />
        </div>
      ) : null}
      {failure ? (
        <div className={classes.note}>
          <FailureNote title={words.failed} error={failure} />
        </div>
      ) : null}
      <DataList
        query={query}
        queryKey={trpc.erasures.list.pathKey()}
        rows={erasures}
        columns={columns}
        words={words}
        empty={<EmptyState title={words.emptyTitle}>{words.empty}</EmptyState>}
      />
      {isErasing ? (
        <ErasureDialog
          onClose={() => setErasing(false)}
          onDone={(receipt) => {
            setErasing(false);
            setDone(receipt);
            queries.removeQueries({ ...trpc.audit.pathFilter(), type: "inactive" });
            void queries.invalidateQueries(trpc.erasures.pathFilter());
            void queries.invalidateQueries(trpc.users.pathFilter());
          }}
        />
      ) : null}
    </section>
  );
}
