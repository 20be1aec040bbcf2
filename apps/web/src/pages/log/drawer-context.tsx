import { objectTypes } from "@countersign/audit/catalogue";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { LogEntry } from "../../api.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { shownValue } from "../../events/values.ts";
import { dateTime, type Zone } from "../../format.ts";
import { fieldName, texts } from "../../texts.ts";
import classes from "./event-drawer.module.css";
import { actorWords, objectWords } from "./filter-words.ts";
import type { LogSearch } from "./log-search.ts";

const words = texts.log.drawer;

/** Who, about what, when and from where; each value can become a filter or be copied. */
export function DrawerContext({ entry, zone, base }: { entry: LogEntry; zone: Zone; base: LogSearch }) {
  const actor = reference(entry.actor);
  return (
    <dl className={classes.facts}>
      <Fact name={words.actor} only={{ ...base, actor }}>
        <Foreign text={actorWords(actor, entry.actor.label ?? undefined)} />
      </Fact>
      {entry.actor.roles.length > 0 ? (
        <Fact name={words.roles}>
          <Foreign text={entry.actor.roles.join(", ")} />
        </Fact>
      ) : null}
      {entry.object ? (
        <Fact name={words.object} only={{ ...base, object: reference(entry.object) }}>
          <Foreign text={objectWords(reference(entry.object), entry.object.label ?? undefined)} />{" "}
          <span className={classes.kind}>{typeName(entry.object.type)}</span>
        </Fact>
      ) : null}
      {entry.target ? (
        <Fact name={words.target} only={{ ...base, object: reference(entry.target) }}>
          <Foreign text={objectWords(reference(entry.target), entry.target.label ?? undefined)} />{" "}
          <span className={classes.kind}>{typeName(entry.target.type)}</span>
        </Fact>
      ) : null}
      <Fact name={words.happened}>{dateTime(entry.occurredAt, zone)}</Fact>
      <Fact name={words.kept}>{dateTime(entry.receivedAt, zone)}</Fact>
      {entry.ip ? (
        <Fact name={words.address} copy={entry.ip}>
          <span className="figures">{entry.ip}</span>
        </Fact>
      ) : null}
      {entry.userAgent ? (
        <Fact name={words.device}>
          <Foreign text={entry.userAgent} />
        </Fact>
      ) : null}
      {entry.requestMethod || entry.endpoint ? (
        <Fact name={words.request}>
          <code>{[entry.requestMethod, entry.endpoint].filter(Boolean).join(" ")}</code>
        </Fact>
      ) : null}
      {entry.requestId ? (
        <Fact name={words.requestId} copy={entry.requestId}>
          <code>{entry.requestId}</code>
        </Fact>
      ) : null}
      <Fact name={words.source}>
        <Foreign text={entry.sourceLabel ?? (entry.source === "app" ? words.sourceApp : entry.source)} />
      </Fact>
      {entry.approvalId ? (
        <Fact name={words.approval} copy={entry.approvalId}>
          <code>{entry.approvalId}</code>
        </Fact>
      ) : null}
      <Fact name={words.type}>
        {entry.name} <code>{entry.code}</code>
      </Fact>
      <Fact name={words.policy}>{entry.policy}</Fact>
      <Fact name={words.id} copy={entry.id}>
        <code>{entry.id}</code>
      </Fact>
      {Object.entries(entry.metadata ?? {}).map(([name, value]) => (
        <Fact key={name} name={fieldName(name)}>
          <Foreign text={shownValue(value, zone).text} />
        </Fact>
      ))}
    </dl>
  );
}

const reference = (named: { type: string; id: string | null }) =>
  named.id === null ? named.type : `${named.type}:${named.id}`;

const typeName = (type: string) =>
  Object.hasOwn(objectTypes, type) ? objectTypes[type as keyof typeof objectTypes] : type;

type FactProps = { name: string; only?: LogSearch; copy?: string; children: ReactNode };

function Fact({ name, only, copy, children }: FactProps) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>
        <span className={classes.value}>{children}</span>
        {only ? (
          <Link to="/log" search={only} className={classes.only} aria-label={`${words.only}: ${name}`}>
            {words.only}
          </Link>
        ) : null}
        {copy ? <CopyButton value={copy} label={texts.failure.copy} /> : null}
      </dd>
    </div>
  );
}
