import { Button } from "@mantine/core";
import { Download } from "lucide-react";
import { CopyButton } from "../../components/copy-button.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { dateTime } from "../../format.ts";
import { usePreferences } from "../../preferences.ts";
import { proofTexts } from "../../proof/proof-texts.ts";
import { TrustedKeyPanel } from "../../proof/trusted-key-panel.tsx";
import { saveAs } from "../../raw-calls.ts";
import { texts } from "../../texts.ts";
import classes from "./integrity.module.css";
import type { Status } from "./integrity-state.ts";
import { integrityTexts } from "./integrity-texts.ts";

const words = integrityTexts.keys;

/** The name and the id of a key, as a file is called. */
const fileNameOf = (vkey: string): string =>
  `${vkey
    .split("+")
    .slice(0, 2)
    .join("-")
    .replace(/[^A-Za-z0-9.-]+/g, "-")}.vkey.txt`;

type Props = { keys: Status["keys"]; offered: readonly string[] };

/** The public keys as the server names them, and the one that this browser trusts. */
export function KeysPanel({ keys, offered }: Props) {
  const { zone } = usePreferences();
  return (
    <section className={classes.panel} aria-labelledby="keys">
      <h2 id="keys" className={classes.section}>
        {words.title}
      </h2>
      <p className={classes.muted}>{words.hint}</p>
      {keys.length === 0 ? <p className={classes.muted}>{words.none}</p> : null}
      <ul className={classes.list}>
        {keys.map(({ vkey, kind, addedAt, retiredAt }) => (
          <li key={vkey} className={classes.keyItem}>
            <div className={classes.row}>
              <span>
                <strong>{words.kinds[kind] ?? kind}</strong>{" "}
                <span className={classes.muted}>
                  {retiredAt === null ? words.since(dateTime(addedAt, zone)) : words.retired(dateTime(retiredAt, zone))}
                </span>
              </span>
              <span className={classes.keyActs}>
                <CopyButton value={vkey} label={texts.failure.copy} />
                <Button
                  variant="default"
                  size="compact-xs"
                  leftSection={<Download size={14} aria-hidden />}
                  aria-label={words.downloadOf(words.kinds[kind] ?? kind)}
                  onClick={() => saveAs(new Blob([`${vkey}\n`], { type: "text/plain" }), fileNameOf(vkey))}
                >
                  {words.download}
                </Button>
              </span>
            </div>
            <code className={classes.vkey}>
              <Foreign text={vkey} />
            </code>
          </li>
        ))}
      </ul>
      <h3 className={classes.sub}>{proofTexts.key.title}</h3>
      <TrustedKeyPanel offered={offered} />
    </section>
  );
}
