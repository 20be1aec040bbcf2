import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useMemo, useState } from "react";
import { type ApiKey, type Receipt, useTRPC } from "../../api.ts";
import { ActDialog } from "../../components/act-dialog.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { DataList } from "../../components/data-list.tsx";
import table from "../../components/data-table.module.css";
import { EmptyState } from "../../components/empty-state.tsx";
import { NotPermitted } from "../../components/not-permitted.tsx";
import { Page } from "../../components/page.tsx";
import { usePageKeys } from "../../components/page-keys.ts";
import { ReasonedButton } from "../../components/reasoned-button.tsx";
import { ReceiptNote } from "../../components/receipt-note.tsx";
import { SecretNote } from "../../components/secret-note.tsx";
import { useMay } from "../../me.ts";
import { usePreferences } from "../../preferences.ts";
import { useLostAt } from "../../reach.ts";
import { texts } from "../../texts.ts";
import { keyColumns } from "./key-columns.tsx";
import { curlLine } from "./key-state.ts";
import classes from "./keys.module.css";
import { keysTexts as words } from "./keys-texts.ts";
import { type Made, NewKeyDialog } from "./new-key-dialog.tsx";

export function KeysPage() {
  const mayManage = useMay("system.keys");
  if (!mayManage) return <NotPermitted title={words.title} feature="system.keys" />;
  return <Keys />;
}

function Keys() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { zone } = usePreferences();
  const isLost = useLostAt() !== null;
  const [isMaking, setMaking] = useState(false);
  const [revoked, setRevoked] = useState<ApiKey | null>(null);
  const [made, setMade] = useState<Made | null>(null);
  const [done, setDone] = useState<Receipt | null>(null);
  const query = useInfiniteQuery(
    trpc.keys.list.infiniteQueryOptions(
      { limit: 50 },
      {
        getNextPageParam: (page) => page.nextCursor ?? undefined,
        placeholderData: keepPreviousData,
        staleTime: 10_000,
      },
    ),
  );
  const keys = query.data?.pages.flatMap((page) => page.items) ?? [];
  usePageKeys({ r: () => void query.refetch() });
  const whyNot = isLost ? texts.failure.offlineReason : null;
  // What is left of a key is as of the last reading.
  const now = query.dataUpdatedAt;
  const columns = useMemo(() => keyColumns({ zone, now, whyNot, onRevoke: setRevoked }), [zone, now, whyNot]);
  const show = (receipt: Receipt) => {
    setDone(receipt);
    queries.removeQueries({ ...trpc.audit.pathFilter(), type: "inactive" });
    void queries.invalidateQueries(trpc.keys.pathFilter());
  };
  const create = (
    <ReasonedButton leftSection={<KeyRound size={16} aria-hidden />} reason={whyNot} onClick={() => setMaking(true)}>
      {words.new}
    </ReasonedButton>
  );
  return (
    <Page title={words.title} actions={create}>
      <p className={classes.intro}>{words.intro}</p>
      {done ? (
        <div className={table.note}>
          <ReceiptNote done={done} onDismiss={() => setDone(null)} />
        </div>
      ) : null}
      {made ? <MadeNote made={made} onDone={() => setMade(null)} /> : null}
      <DataList
        query={query}
        queryKey={trpc.keys.list.pathKey()}
        rows={keys}
        columns={columns}
        words={words}
        empty={<EmptyState title={words.emptyTitle}>{words.empty}</EmptyState>}
      />
      {isMaking ? (
        <NewKeyDialog
          onClose={() => setMaking(false)}
          onMade={(answer) => {
            setMaking(false);
            setMade(answer);
            show(answer);
          }}
        />
      ) : null}
      {revoked ? (
        <RevokeDialog
          apiKey={revoked}
          onClose={() => setRevoked(null)}
          onDone={(receipt) => {
            setRevoked(null);
            show(receipt);
          }}
        />
      ) : null}
    </Page>
  );
}

/** What makes the key, and a line that shows that it works. */
function MadeNote({ made: { key, secret }, onDone }: { made: Made; onDone: () => void }) {
  const line = curlLine(key, secret, window.location.origin);
  const { title, hint, copy, copied, done, try: tryIt, copyLine, copiedLine } = words.secret;
  return (
    <SecretNote
      title={title(key.name)}
      hint={hint}
      secret={secret}
      copy={copy}
      copied={copied}
      done={done}
      onDone={onDone}
    >
      <div className={classes.line}>
        <span>{tryIt}</span>
        <code>{line}</code>
        <CopyButton value={line} label={copyLine} done={copiedLine} />
      </div>
    </SecretNote>
  );
}

type RevokeProps = { apiKey: ApiKey; onClose: () => void; onDone: (receipt: Receipt) => void };

function RevokeDialog({ apiKey, onClose, onDone }: RevokeProps) {
  const trpc = useTRPC();
  const revoke = useMutation(trpc.keys.revoke.mutationOptions({ onSuccess: onDone }));
  return (
    <ActDialog
      title={words.revokeTitle(apiKey.name)}
      effect={words.revokeEffect(apiKey.name)}
      verb={words.revoke}
      needsReason
      error={revoke.error}
      isWorking={revoke.isPending}
      onClose={onClose}
      onAct={(reason) => revoke.mutate({ keyId: apiKey.id, reason })}
    />
  );
}
