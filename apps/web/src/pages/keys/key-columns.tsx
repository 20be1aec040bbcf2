import { eventType, isEventCode } from "@countersign/audit/catalogue";
import type { ApiKey } from "../../api.ts";
import table from "../../components/data-table.module.css";
import type { DataColumn } from "../../components/data-table.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { ReasonedButton } from "../../components/reasoned-button.tsx";
import { dateTime, type Zone } from "../../format.ts";
import { markedText } from "../../marks.ts";
import { keyState } from "./key-state.ts";
import classes from "./keys.module.css";
import { keysTexts as words } from "./keys-texts.ts";

const heads = words.columns;
const nameOf = (code: string) => (isEventCode(code) ? eventType(code).name : code);

type Deps = { zone: Zone; now: number; whyNot: string | null; onRevoke: (key: ApiKey) => void };

/** What the list tells of a key. */
export const keyColumns = ({ zone, now, whyNot, onRevoke }: Deps): readonly DataColumn<ApiKey>[] => [
  {
    id: "name",
    head: heads.name,
    cell: ({ name, createdBy }) => (
      <>
        <Foreign text={name} />
        <div className={classes.by}>
          <Foreign text={words.by(createdBy?.name ?? words.nobody)} />
        </div>
      </>
    ),
  },
  { id: "kind", head: heads.kind, cell: ({ kind }) => words.kinds[kind] },
  { id: "prefix", head: heads.prefix, cell: ({ prefix }) => <code>{prefix}_…</code> },
  {
    id: "scope",
    head: heads.scope,
    cell: ({ codes }) =>
      codes.length === 0 ? (
        <span className={table.muted}>{words.scopeAll}</span>
      ) : codes.length === 1 ? (
        nameOf(codes[0] ?? "")
      ) : (
        <details className={classes.codes}>
          <summary>{words.codes(codes.length)}</summary>
          <ul>
            {codes.map((code) => (
              <li key={code}>{nameOf(code)}</li>
            ))}
          </ul>
        </details>
      ),
  },
  {
    id: "networks",
    head: heads.networks,
    cell: ({ networks }) =>
      networks.length === 0 ? (
        <span className={table.muted}>{words.anywhere}</span>
      ) : (
        networks.map((network) => (
          <div key={network} className="figures">
            {network}
          </div>
        ))
      ),
  },
  {
    id: "lastUsed",
    head: heads.lastUsed,
    look: "figures",
    cell: ({ lastUsedAt }) =>
      lastUsedAt ? (
        <time dateTime={lastUsedAt}>{dateTime(lastUsedAt, zone)}</time>
      ) : (
        <span className={table.muted}>{words.never}</span>
      ),
  },
  { id: "expires", head: heads.expires, look: "figures", cell: (key) => <Ends apiKey={key} zone={zone} now={now} /> },
  {
    id: "acts",
    head: heads.acts,
    onCard: "last",
    cell: (key) => {
      const { state } = keyState(key, now);
      return (
        <ReasonedButton
          variant="default"
          size="xs"
          reason={state === "valid" ? whyNot : words.why[state]}
          aria-label={words.revokeOf(markedText(key.name))}
          onClick={() => onRevoke(key)}
        >
          {words.revoke}
        </ReasonedButton>
      );
    },
  },
];

function Ends({ apiKey, zone, now }: { apiKey: ApiKey; zone: Zone; now: number }) {
  const found = keyState(apiKey, now);
  if (found.state === "revoked") {
    const when = dateTime(apiKey.revokedAt ?? "", zone);
    return (
      <span className={classes.out}>
        <Foreign text={words.states.revoked(when, apiKey.revokedBy?.name ?? words.nobody)} />
      </span>
    );
  }
  const when = dateTime(apiKey.expiresAt, zone);
  if (found.state === "over") return <span className={classes.out}>{words.states.over(when)}</span>;
  return (
    <>
      <time dateTime={apiKey.expiresAt}>{when}</time>
      <div className={classes.left} data-soon={found.daysLeft <= 30 || undefined}>
        {words.states.days(found.daysLeft)}
      </div>
    </>
  );
}
