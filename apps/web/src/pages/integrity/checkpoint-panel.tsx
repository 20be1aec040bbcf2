import { browserCrypto } from "@countersign/audit/ledger/browser-crypto";
import { openCheckpoint, readCheckpoint } from "@countersign/audit/ledger/checkpoint";
import { toBase64 } from "@countersign/audit/utf8";
import { Button } from "@mantine/core";
import { Download } from "lucide-react";
import type { ReactNode } from "react";
import { CopyButton } from "../../components/copy-button.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { count, dateTime } from "../../format.ts";
import { usePreferences } from "../../preferences.ts";
import { witnessKeys } from "../../proof/ledger-keys.ts";
import { proofTexts } from "../../proof/proof-texts.ts";
import { readLogKey, useTrustedKey } from "../../proof/trusted-key.ts";
import { saveAs } from "../../raw-calls.ts";
import { texts } from "../../texts.ts";
import classes from "./integrity.module.css";
import { type Status, span } from "./integrity-state.ts";
import { integrityTexts } from "./integrity-texts.ts";

const words = integrityTexts.checkpoint;

/** The newest signed note: what it covers, and what this browser makes of its signatures. */
export function CheckpointPanel({ status }: { status: Status }) {
  const { checkpoint } = status;
  return (
    <section className={classes.panel} aria-labelledby="checkpoint">
      <h2 id="checkpoint" className={classes.section}>
        {words.title}
      </h2>
      {checkpoint === null ? <p className={classes.muted}>{words.none}</p> : <Note status={status} {...checkpoint} />}
    </section>
  );
}

type NoteProps = { status: Status; size: number; note: string; signedAt: string };

function Note({ status, size, note, signedAt }: NoteProps) {
  const { zone } = usePreferences();
  const trusted = useTrustedKey();
  const key = trusted && readLogKey(trusted.vkey);
  const read = readCheckpoint(note);
  const witnesses = witnessKeys(status.keys);
  const origin = key && (status.epoch === 1 ? key.name : `${key.name}/e${status.epoch}`);
  const opened = key && origin ? openCheckpoint(note, { origin, keys: [key], witnesses }, browserCrypto) : null;
  const root = read.ok ? toBase64(read.value.checkpoint.root) : "";
  return (
    <>
      <dl className={classes.facts}>
        <Fact name={words.signed}>{dateTime(signedAt, zone)}</Fact>
        <Fact name={words.size}>{words.events(count(size))}</Fact>
        <Fact name={words.root}>
          <code title={root}>{`${root.slice(0, 12)}…${root.slice(-6)}`}</code>{" "}
          <CopyButton value={root} label={texts.failure.copy} />
        </Fact>
        <Fact name={words.origin}>
          <Foreign text={status.origin} />
        </Fact>
        <Fact name={words.signature}>
          {opened === null ? (
            words.noKey
          ) : opened.ok ? (
            words.signatureFits
          ) : (
            <strong className={classes.bad}>{proofTexts.signature.faults[opened.reason]}</strong>
          )}
        </Fact>
        <Fact name={words.witnesses}>
          {opened?.ok && opened.value.cosignatures.length > 0
            ? opened.value.cosignatures.map(({ key: witness, timeS }) => (
                <div key={witness.name}>
                  <Foreign
                    text={words.cosigned(
                      witness.name,
                      dateTime(new Date(timeS * 1000).toISOString(), zone),
                      span(Math.max(0, Date.parse(status.at) - timeS * 1000)),
                    )}
                  />
                </div>
              ))
            : words.noWitness}
        </Fact>
      </dl>
      <div className={classes.actions}>
        <CopyButton value={note} label={words.copyNote} />
        <Button
          variant="default"
          size="xs"
          leftSection={<Download size={14} aria-hidden />}
          onClick={() => saveAs(new Blob([note], { type: "text/plain" }), `checkpoint-${size}.txt`)}
        >
          {words.downloadNote}
        </Button>
      </div>
      <p className={classes.muted}>{words.noteHint}</p>
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
