import { eventType, isEventCode } from "@countersign/audit/catalogue";
import type { Leaf } from "@countersign/audit/leaf";
import { browserCrypto } from "@countersign/audit/ledger/browser-crypto";
import { Button, FileButton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Download, FileUp } from "lucide-react";
import { type DragEvent, type ReactNode, useState } from "react";
import script from "../../../../../docs/check-proof.sh?raw";
import { Foreign } from "../../components/foreign.tsx";
import { count, dateTime, type Zone } from "../../format.ts";
import { usePreferences } from "../../preferences.ts";
import { checkProofFile, type FileCheck } from "../../proof/check-file.ts";
import { type NamedKey, witnessKeys } from "../../proof/ledger-keys.ts";
import { proofTexts } from "../../proof/proof-texts.ts";
import { Steps, Verdict, Way } from "../../proof/steps.tsx";
import { readLogKey, useTrustedKey } from "../../proof/trusted-key.ts";
import { saveAs } from "../../raw-calls.ts";
import { texts } from "../../texts.ts";
import classes from "./integrity.module.css";
import { integrityTexts } from "./integrity-texts.ts";

const words = integrityTexts.file;

/** What is read of a file at most: more than any proof has, so that a film dropped here is not read whole. */
const mostBytes = 512 * 1024;

type Given = { name: string; bytes: Uint8Array | null };

const readFile = async (file: File): Promise<Given> => {
  try {
    return { name: file.name, bytes: new Uint8Array(await file.slice(0, mostBytes).arrayBuffer()) };
  } catch {
    return { name: file.name, bytes: null };
  }
};

/** Takes a proof file, dropped or chosen, and computes it here against the trusted key. */
export function ProofFilePanel({ keys }: { keys: readonly NamedKey[] }) {
  const [given, setGiven] = useState<Given | null>(null);
  const [isMany, setMany] = useState(false);
  const [isOver, setOver] = useState(false);
  const take = async (files: readonly File[]) => {
    setMany(files.length > 1);
    const [file] = files;
    if (files.length === 1 && file) setGiven(await readFile(file));
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void take([...event.dataTransfer.files]);
  };
  return (
    <section className={classes.panel} aria-labelledby="proof-file">
      <h2 id="proof-file" className={classes.section}>
        {words.title}
      </h2>
      <p className={classes.muted}>{words.hint}</p>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is for the pointer; the button in it does the same */}
      <div
        className={classes.drop}
        data-over={isOver || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
      >
        <p>{words.drop}</p>
        <FileButton onChange={(file) => void take(file ? [file] : [])}>
          {(props) => (
            <Button {...props} variant="default" size="xs" leftSection={<FileUp size={14} aria-hidden />}>
              {words.choose}
            </Button>
          )}
        </FileButton>
      </div>
      <Button
        variant="default"
        size="xs"
        leftSection={<Download size={14} aria-hidden />}
        onClick={() => saveAs(new Blob([script], { type: "text/x-shellscript" }), "check-proof.sh")}
      >
        {words.script}
      </Button>
      <p className={classes.muted}>{words.scriptHint}</p>
      <div role="status">
        {isMany ? <p className={classes.bad}>{words.one}</p> : given ? <Checked given={given} keys={keys} /> : null}
      </div>
    </section>
  );
}

function Checked({ given: { name, bytes }, keys }: { given: Given; keys: readonly NamedKey[] }) {
  const trusted = useTrustedKey();
  if (bytes === null) return <Bad name={name} why={words.unreadable} />;
  const key = trusted && readLogKey(trusted.vkey);
  const checked = checkProofFile(bytes, { key, witnesses: witnessKeys(keys), crypto: browserCrypto });
  if (!checked.ok) return <Bad name={name} why={proofTexts.file.refused[checked.reason]} />;
  return <Outcome name={name} file={checked.value} />;
}

function Bad({ name, why }: { name: string; why: string }) {
  return (
    <p className={classes.bad}>
      <Foreign text={words.bad(name, why)} />
    </p>
  );
}

function Outcome({ name, file: { check, leaf } }: { name: string; file: FileCheck }) {
  const { zone } = usePreferences();
  return (
    <div className={classes.stack}>
      <p className={classes.muted}>
        <Foreign text={words.checked(name)} />
      </p>
      <Verdict check={check} />
      {leaf ? <Says leaf={leaf} place={check.place} zone={zone} /> : null}
      <Steps steps={check.steps} />
      {check.way ? <Way way={check.way} /> : null}
    </div>
  );
}

const whenIn = (value: unknown, zone: Zone): string =>
  typeof value === "string" && !Number.isNaN(Date.parse(value)) ? dateTime(value, zone) : texts.values.none;

const referenceIn = (value: { type: string; id?: string | undefined } | undefined): string =>
  value === undefined ? texts.values.none : [value.type, value.id].filter((part) => part !== undefined).join(" ");

/** What stands in the leaf. Anybody may have written the file, so nothing of it is taken for more than text. */
function Says({ leaf, place, zone }: { leaf: Leaf; place: FileCheck["check"]["place"]; zone: Zone }) {
  const code = String(leaf.code);
  return (
    <section aria-label={words.says}>
      <h3 className={classes.sub}>{words.says}</h3>
      <dl className={classes.facts}>
        <Fact name={words.code}>
          <Foreign text={isEventCode(code) ? `${eventType(code).name} (${code})` : code} />
        </Fact>
        <Fact name={words.outcome}>
          <Foreign text={String(leaf.status)} />
        </Fact>
        <Fact name={words.kept}>{whenIn(leaf.receivedAt, zone)}</Fact>
        <Fact name={words.actor}>
          <Foreign text={referenceIn(leaf.actor)} />
        </Fact>
        <Fact name={words.object}>
          <Foreign text={referenceIn(leaf.object)} />
        </Fact>
        {place ? <Fact name={words.place}>{proofTexts.tab.placeOf(count(place.index), count(place.size))}</Fact> : null}
        <Fact name={words.event}>
          <code>
            <Foreign text={String(leaf.id)} />
          </code>{" "}
          <Link to="/log" search={{ event: String(leaf.id) }} preload={false}>
            {words.inLog}
          </Link>
        </Fact>
      </dl>
      <p className={classes.muted}>{words.noNames}</p>
    </section>
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
