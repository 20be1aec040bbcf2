import { browserCrypto } from "@countersign/audit/ledger/browser-crypto";
import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { failureOf, type LogEntry, useTRPCClient } from "../../api.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { count } from "../../format.ts";
import { type Check, checkEvent } from "../../proof/check-event.ts";
import { offeredKeys, witnessKeys } from "../../proof/ledger-keys.ts";
import { proofTexts } from "../../proof/proof-texts.ts";
import { shownPrint } from "../../proof/shown-values.ts";
import { Steps, Verdict, Way } from "../../proof/steps.tsx";
import { readLogKey, trust } from "../../proof/trusted-key.ts";
import { TrustedKeyPanel } from "../../proof/trusted-key-panel.tsx";
import { download, saveAs } from "../../raw-calls.ts";
import { texts } from "../../texts.ts";
import classes from "./drawer-proof.module.css";

const words = proofTexts.tab;

type Result = { check: Check; offered: readonly string[]; print: string };

/** Fetches the proof of an event and computes it here, with nothing of it believed. */
const useCheck = (entry: LogEntry) => {
  const client = useTRPCClient();
  return useMutation({
    mutationFn: async (): Promise<Result> => {
      const [given, { keys }] = await Promise.all([
        client.integrity.proof.query({ id: entry.id }),
        client.integrity.status.query(),
      ]);
      const offered = offeredKeys(keys);
      const trusted = trust.orFirstOf(offered, new Date().toISOString());
      const key = trusted && readLogKey(trusted.vkey);
      const check = checkEvent({ given, shown: entry, key, witnesses: witnessKeys(keys), crypto: browserCrypto });
      return { check, offered, print: shownPrint(entry) };
    },
  });
};

/** Where the event stands in the signed tree, computed in this browser when it is asked for. */
export function DrawerProof({ entry }: { entry: LogEntry }) {
  const checking = useCheck(entry);
  // What was checked is what was shown then; of what is shown now it may say nothing.
  const check = checking.data?.print === shownPrint(entry) ? checking.data.check : undefined;
  return (
    <div className={classes.proof}>
      <p className={classes.intro}>{words.intro}</p>
      <dl className={classes.facts}>
        <div>
          <dt>{words.leafHash}</dt>
          <dd>
            <code>{entry.leafHash}</code>
            <CopyButton value={entry.leafHash} label={texts.failure.copy} />
          </dd>
        </div>
        {check?.place ? (
          <div>
            <dt>{words.place}</dt>
            <dd>
              <span className="figures">{words.placeOf(count(check.place.index), count(check.place.size))}</span>
              <span className={classes.placeHint}>{words.placeHint}</span>
            </dd>
          </div>
        ) : null}
      </dl>
      <div className={classes.actions}>
        <Button onClick={() => checking.mutate()} aria-disabled={checking.isPending}>
          {checking.isPending ? words.checking : check ? words.checkAgain : words.check}
        </Button>
        <DownloadProof id={entry.id} />
      </div>
      <div role="status" className={classes.outcome}>
        {check ? <Verdict check={check} /> : null}
      </div>
      {checking.error ? <NotChecked error={checking.error} onRetry={() => checking.mutate()} /> : null}
      {check ? (
        <section aria-label={words.steps}>
          <h3 className={classes.heading}>{words.steps}</h3>
          <Steps steps={check.steps} />
          {check.way ? <Way way={check.way} /> : null}
        </section>
      ) : (
        <p className={classes.intro}>{words.recorded}</p>
      )}
      <section aria-label={proofTexts.key.title}>
        <h3 className={classes.heading}>{proofTexts.key.title}</h3>
        <TrustedKeyPanel offered={checking.data?.offered} />
      </section>
    </div>
  );
}

/** An event that has no place yet is no failure. */
function NotChecked({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  if (failureOf(error).reason !== "not_sealed") return <FailureNote error={error} onRetry={onRetry} />;
  return (
    <div role="status">
      <strong>{words.waitingTitle}</strong>
      <p className={classes.intro}>{words.waiting}</p>
    </div>
  );
}

function DownloadProof({ id }: { id: string }) {
  const fetching = useMutation({
    mutationFn: async () => {
      const file = await download(`/api/audit/events/${id}/proof.tlog-proof`);
      const name = file.name ?? `${id}.tlog-proof`;
      saveAs(file.bytes, name);
      return name;
    },
  });
  return (
    <>
      <Button
        variant="default"
        leftSection={<Download size={14} aria-hidden />}
        aria-disabled={fetching.isPending}
        onClick={() => {
          if (!fetching.isPending) fetching.mutate();
        }}
      >
        {fetching.isPending ? words.downloading : words.download}
      </Button>
      <div role="status" className={classes.saved}>
        {fetching.data ? words.saved(fetching.data) : null}
      </div>
      {fetching.error ? (
        <div className={classes.saved}>
          <NotChecked error={fetching.error} onRetry={() => fetching.mutate()} />
        </div>
      ) : null}
    </>
  );
}
