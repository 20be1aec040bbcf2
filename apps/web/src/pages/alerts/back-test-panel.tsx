import type { RuleDefinition } from "@countersign/audit/alerts/rule";
import { Button, SegmentedControl } from "@mantine/core";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type BackTest, useTRPC } from "../../api.ts";
import { FailureNote } from "../../components/failure-note.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { ReasonedButton } from "../../components/reasoned-button.tsx";
import { count, dateTime } from "../../format.ts";
import { usePreferences } from "../../preferences.ts";
import classes from "./alerts.module.css";
import { alertsTexts } from "./alerts-texts.ts";
import { BackTestChart } from "./back-test-chart.tsx";

const words = alertsTexts.test;
const choices = [7, 30, 90] as const;
type Days = (typeof choices)[number];

type Asked = { definition: RuleDefinition; days: Days; text: string };
type Props = { definition: RuleDefinition | null; isAtOnce: boolean; whyNot: string | null };

/** What the rule in the form would have sent; it reads the log, so it runs when it is asked to. */
export function BackTestPanel({ definition, isAtOnce, whyNot }: Props) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [days, setDays] = useState<Days>(30);
  const [asked, setAsked] = useState<Asked | null>(null);
  const text = JSON.stringify([definition, days]);
  const options = trpc.alerts.backTest.queryOptions(
    {
      definition: (asked?.definition ?? { filter: {}, trigger: { kind: "absence", minutes: 1 } }) as never,
      days: asked?.days ?? 30,
      atOnce: isAtOnce,
    },
    {
      enabled: asked !== null,
      retry: false,
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 0,
      placeholderData: keepPreviousData,
    },
  );
  const test = useQuery(options);
  const isRunning = test.isFetching && asked !== null;
  const reason = whyNot ?? (definition === null ? words.broken : null);
  const run = () => {
    if (definition === null) return;
    if (asked?.text === text) void test.refetch();
    else setAsked({ definition, days, text });
  };
  return (
    <section className={classes.panel} aria-label={words.title}>
      <h2 className={classes.section}>{words.title}</h2>
      <p className={classes.hint}>{words.intro}</p>
      <div className={classes.testActs}>
        <SegmentedControl
          size="xs"
          aria-label={words.days}
          value={String(days)}
          onChange={(value) => setDays(choices.find((one) => String(one) === value) ?? 30)}
          data={choices.map((value) => ({ value: String(value), label: words.choices[value] }))}
        />
        {isRunning ? (
          <Button
            variant="default"
            onClick={() => {
              void queries.cancelQueries({ queryKey: options.queryKey });
              setAsked(null);
            }}
          >
            {words.cancel}
          </Button>
        ) : (
          <ReasonedButton variant="default" reason={reason} onClick={run}>
            {words.run}
          </ReasonedButton>
        )}
      </div>
      <div role="status">{isRunning ? <p className={classes.hint}>{words.running}</p> : null}</div>
      {test.isError && !isRunning ? <FailureNote error={test.error} onRetry={run} /> : null}
      {test.data && asked !== null && !test.isError ? (
        <Result test={test.data} isStale={asked.text !== text || isRunning} />
      ) : null}
    </section>
  );
}

function Result({ test, isStale }: { test: BackTest; isStale: boolean }) {
  const { zone } = usePreferences();
  const { messages, days, events, held, groups, groupCount, first } = test;
  const why = (Object.keys(words.why) as (keyof typeof words.why)[]).filter((reason) => held[reason] > 0);
  return (
    <div className={classes.result} data-stale={isStale || undefined}>
      <p className={classes.sentence} role="status">
        {words.result(messages, days, events)} {messages === 0 ? words.none : null}
        {why.map((reason) => (
          <span key={reason}> {words.held(held[reason], words.why[reason])}</span>
        ))}
        {isStale ? <span className={classes.stale}> {words.stale}</span> : null}
      </p>
      {messages > 0 ? <BackTestChart test={test} /> : null}
      {groups.length > 0 ? (
        <>
          <h3 className={classes.sub}>{words.groups(groupCount)}</h3>
          <ul className={classes.plain}>
            {groups.map(({ by, label, messages, events }) => (
              <li key={`${by} ${label}`}>
                <Foreign text={label} />
                <span className={classes.muted}> · {words.groupLine(messages, events)}</span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {first.length > 0 ? (
        <>
          <h3 className={classes.sub}>{words.first}</h3>
          <ul className={classes.plain}>
            {first.map(({ at, headline, heldBy, count: of }) => (
              <li key={`${at} ${headline}`}>
                <time className={classes.muted} dateTime={at}>
                  {dateTime(at, zone)}
                </time>
                {" · "}
                <Foreign text={headline} />{" "}
                <span className={classes.muted}>
                  {of > 1 ? `(${count(of)})` : null} {heldBy ? alertsTexts.deliveries.states.held : null}
                </span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </div>
  );
}
