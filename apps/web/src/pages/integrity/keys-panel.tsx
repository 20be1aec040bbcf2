import { CopyButton } from "../../components/copy-button.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { dateTime } from "../../format.ts";
import { proofTexts } from "../../proof/proof-texts.ts";
import { TrustedKeyPanel } from "../../proof/trusted-key-panel.tsx";
import { texts } from "../../texts.ts";
import classes from "./integrity.module.css";
import type { Status } from "./integrity-state.ts";
import { integrityTexts } from "./integrity-texts.ts";

const words = integrityTexts.keys;

type Props = { keys: Status["keys"]; offered: readonly string[] };

/** The public keys as the server names them, and the one that this browser trusts. */
export function KeysPanel({ keys, offered }: Props) {
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
                  {retiredAt === null
                    ? words.since(dateTime(addedAt, "local"))
                    : words.retired(dateTime(retiredAt, "local"))}
                </span>
              </span>
              <CopyButton value={vkey} label={texts.failure.copy} />
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
