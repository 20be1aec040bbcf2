import { categories, objectTypes } from "@countersign/audit/catalogue";
import { filterWords, isMembers } from "@countersign/audit/filter-words";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { failureOf, type LogEntry, useTRPC } from "../../api.ts";
import { Foreign } from "../../components/foreign.tsx";
import { shownValue } from "../../events/values.ts";
import { dateTime, type Zone } from "../../format.ts";
import { useMay } from "../../me.ts";
import { fieldName, texts } from "../../texts.ts";
import { policyName } from "../retention/retention-words.ts";
import { deviceWords, networkWords } from "./device-words.ts";
import { DrawerApproval } from "./drawer-approval.tsx";
import { codeOffer, type DrawerFilter, type FilterOffer, referenceText } from "./drawer-filter.ts";
import { drawerTexts as words } from "./drawer-texts.ts";
import classes from "./event-drawer.module.css";
import { actorWords, objectWords } from "./filter-words.ts";
import { ValueMenu } from "./value-menu.tsx";

type Props = { entry: LogEntry; zone: Zone; filter: DrawerFilter; onOpen: (entry: LogEntry) => void };

/** Who, about what, when and from where; each value can become a filter or be copied. */
export function DrawerContext({ entry, zone, filter, onOpen }: Props) {
  const fact = (name: string, copy: string, children: ReactNode, more: Partial<FactProps> = {}) => (
    <Fact name={name} copy={copy} filter={filter} {...more}>
      {children}
    </Fact>
  );
  const actor = referenceText(entry.actor);
  const named = (field: "object" | "target", thing: NonNullable<LogEntry["object"]>) => {
    const reference = referenceText(thing);
    const label = objectWords(reference, thing.label ?? undefined);
    return fact(
      words[field],
      label,
      <>
        <Foreign text={label} /> <span className={classes.kind}>{typeName(thing.type)}</span>
      </>,
      { offer: { field, value: reference }, object: thing },
    );
  };
  const request = [entry.requestMethod, entry.endpoint].filter(Boolean).join(" ");
  const device = entry.userAgent ? deviceWords(entry.userAgent) : null;
  const actorLabel = actorWords(actor, entry.actor.label ?? undefined);
  return (
    <>
      <dl className={classes.facts}>
        {fact(words.actor, actorLabel, <Foreign text={actorLabel} />, {
          offer: { field: "actor", value: actor },
          object: entry.actor.type === "user" ? asObject(entry.actor) : undefined,
        })}
        <Roles entry={entry} filter={filter} />
        {entry.object ? named("object", entry.object) : null}
        {entry.target ? named("target", entry.target) : null}
        {fact(words.happened, entry.occurredAt, dateTime(entry.occurredAt, zone))}
        {fact(words.kept, entry.receivedAt, dateTime(entry.receivedAt, zone))}
        {entry.ip
          ? fact(
              words.address,
              entry.ip,
              <>
                <span className="figures">{entry.ip}</span>{" "}
                <span className={classes.kind}>{networkWords(entry.ip)}</span>
              </>,
              { offer: { field: "ip", value: entry.ip } },
            )
          : null}
        {entry.userAgent
          ? fact(
              words.device,
              entry.userAgent,
              <>
                {device ? <div>{device}</div> : null}
                <span className={device ? classes.kind : undefined}>
                  <Foreign text={entry.userAgent} />
                </span>
              </>,
            )
          : null}
        {request ? fact(texts.log.drawer.request, request, <code>{request}</code>) : null}
        {entry.requestId
          ? fact(words.requestId, entry.requestId, <code>{entry.requestId}</code>, {
              offer: { field: "request", value: entry.requestId },
            })
          : null}
        {fact(
          words.source,
          entry.source,
          <Foreign text={entry.sourceLabel ?? (entry.source === "app" ? words.sourceApp : entry.source)} />,
          { offer: { field: "source", value: entry.source } },
        )}
        {fact(
          words.type,
          entry.code,
          <>
            {entry.name} <code>{entry.code}</code>
          </>,
          { offer: codeOffer(entry), object: { type: "system_config", id: `event_type:${entry.code}` } },
        )}
        {fact(words.category, entry.category, categoryName(entry.category), {
          offer: { field: "category", value: entry.category },
        })}
        {fact(words.severity, entry.severity, entry.severity, { offer: { field: "severity", value: entry.severity } })}
        {fact(words.status, entry.status, texts.status[entry.status], {
          offer: { field: "status", value: entry.status },
        })}
        {fact(words.policy, entry.policy, policyName(entry.policy))}
        {fact(words.id, entry.id, <code>{entry.id}</code>)}
        {Object.entries(entry.metadata ?? {}).map(([name, value]) => {
          const text =
            name === "filter" && value !== undefined && isMembers(value)
              ? filterWords(value)
              : shownValue(value, zone).text;
          return (
            <Fact key={name} name={fieldName(name)} copy={text} filter={filter}>
              <Foreign text={text} />
            </Fact>
          );
        })}
      </dl>
      {entry.approvalId ? <DrawerApproval entry={entry} zone={zone} onOpen={onOpen} /> : null}
    </>
  );
}

/** The roles that the actor had then and, for whoever may see users, has now. */
function Roles({ entry, filter }: { entry: LogEntry; filter: DrawerFilter }) {
  const trpc = useTRPC();
  const mayRead = useMay("users.read");
  const isUser = entry.actor.type === "user" && entry.actor.id !== null;
  const user = useQuery({
    ...trpc.users.get.queryOptions({ userId: Number(entry.actor.id) }),
    enabled: isUser && mayRead,
    staleTime: 60_000,
    retry: false,
  });
  const then = [...entry.actor.roles].sort().join(", ");
  const now = user.data?.user.roles.map(({ name }) => name).sort();
  const isGone = user.isError && failureOf(user.error).reason === "not_found";
  const nowText = isGone ? words.userGone : now && (now.join(", ") === then ? words.rolesSame : now.join(", "));
  return (
    <>
      {then === "" ? null : (
        <div className={classes.fact}>
          <dt>{words.roles}</dt>
          {entry.actor.roles.toSorted().map((role) => (
            <Value
              key={role}
              name={`${words.roles}, ${role}`}
              copy={role}
              filter={filter}
              offer={{ field: "role", value: role }}
            >
              <Foreign text={role} />
            </Value>
          ))}
        </div>
      )}
      {nowText === undefined ? null : (
        <Fact name={words.rolesNow} copy={nowText} filter={filter}>
          <Foreign text={nowText || words.rolesNone} />
        </Fact>
      )}
    </>
  );
}

const asObject = ({ type, id }: { type: string; id: string | null }) => (id === null ? undefined : { type, id });

const typeName = (type: string) =>
  Object.hasOwn(objectTypes, type) ? objectTypes[type as keyof typeof objectTypes] : type;

const categoryName = (name: string) =>
  Object.hasOwn(categories, name) ? categories[name as keyof typeof categories].title : name;

type FactProps = {
  name: string;
  copy: string;
  filter: DrawerFilter;
  offer?: FilterOffer | undefined;
  object?: { type: string; id: string } | undefined;
  children: ReactNode;
};

function Fact(props: FactProps) {
  return (
    <div className={classes.fact}>
      <dt>{props.name}</dt>
      <Value {...props} />
    </div>
  );
}

function Value({ children, ...rest }: FactProps) {
  return (
    <dd data-fact>
      <span className={classes.value}>{children}</span>
      <ValueMenu {...rest} />
    </dd>
  );
}
