import type { inferOutput } from "@trpc/tanstack-react-query";
import type { Api } from "../../api.ts";
import { Foreign } from "../../components/foreign.tsx";
import type { PartQuery } from "../../components/query-body.tsx";
import { count, dateTime, type Zone } from "../../format.ts";
import { actorWords, objectWords } from "../log/filter-words.ts";
import type { LogSearch } from "../log/log-search.ts";
import { BarList } from "./bar-list.tsx";
import { Card } from "./card.tsx";
import { overviewTexts } from "./overview-texts.ts";

type Rankings = inferOutput<Api["overview"]["rankings"]>;

const kinds = {
  actor: { words: overviewTexts.actors, of: ({ actors }: Rankings) => actors, name: actorWords },
  object: { words: overviewTexts.objects, of: ({ objects }: Rankings) => objects, name: objectWords },
} as const;

type Props = {
  kind: keyof typeof kinds;
  query: PartQuery<Rankings>;
  queryKey: readonly unknown[];
  zone: Zone;
};

/** Who or what occurs most in the newest rows, and in how many of them. */
export function RankingCard({ kind, query, queryKey, zone }: Props) {
  const { words, of, name } = kinds[kind];
  return (
    <Card
      title={words.title}
      hint={({ rows, since }) =>
        since === null
          ? null
          : overviewTexts.ranked(rows, count(rows), dateTime(since, zone).slice(0, -10)) + words.leftOut
      }
      query={query}
      queryKey={queryKey}
    >
      {(found) => (
        <BarList
          none={words.none}
          items={of(found).map(({ type, id, label, events }) => {
            const reference = `${type}:${id}`;
            const search: LogSearch = { [kind]: reference, ...(found.since && { from: found.since }) };
            return { key: reference, name: <Foreign text={name(reference, label ?? undefined)} />, events, search };
          })}
        />
      )}
    </Card>
  );
}
