import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "../../api.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import type { FirstSteps } from "../../first-steps.ts";
import { count } from "../../format.ts";
import { useLostAt } from "../../reach.ts";
import { ShownOnce } from "./shown-once.tsx";
import { Step } from "./step.tsx";
import classes from "./welcome.module.css";
import { welcomeTexts } from "./welcome-texts.ts";

const words = welcomeTexts.demo;

/** The offer to fill a new office with half a year of acts, how far that is, and who was made up. */
export function DemoStep({ steps }: { steps: FirstSteps }) {
  const { demo, isNew } = steps;
  return (
    <Step title={words.title} isDone={demo?.kind === "filled"} isOptional>
      {demo?.kind === "filling" ? (
        <Filling percent={demo.percent} />
      ) : demo?.kind === "filled" ? (
        <Filled permits={demo.permits} events={demo.events} peopleWait={demo.peopleWait} />
      ) : !isNew ? (
        <p className={classes.hint}>{words.notEmpty}</p>
      ) : demo === null ? (
        <p className={classes.hint}>
          {words.absent} <code>{words.command}</code> <CopyButton value={words.command} label={words.copy} />
        </p>
      ) : (
        <Offer failure={demo.kind === "failed" ? demo.sentence : null} />
      )}
    </Step>
  );
}

function Offer({ failure }: { failure: string | null }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const isLost = useLostAt() !== null;
  const load = useMutation(
    trpc.welcome.loadDemo.mutationOptions({
      onSettled: () => queries.invalidateQueries(trpc.welcome.state.queryFilter()),
    }),
  );
  return (
    <>
      <p className={classes.hint}>{words.hint}</p>
      {failure ? (
        <p role="alert">
          <strong>{words.failed}</strong> {failure}
        </p>
      ) : null}
      {load.error ? <FailureNote error={load.error} /> : null}
      <div>
        <Button
          variant="default"
          aria-disabled={load.isPending || isLost}
          onClick={() => {
            if (!load.isPending && !isLost) load.mutate({ understood: true });
          }}
        >
          {load.isPending ? words.asking : failure ? words.retry : words.load}
        </Button>
      </div>
    </>
  );
}

function Filling({ percent }: { percent: number }) {
  return (
    <div className={classes.filling}>
      <progress className={classes.progress} max={100} value={percent} aria-label={words.title} />
      <p role="status" className="figures">
        {words.filling(percent)}
      </p>
      <p className={classes.hint}>{words.fillingHint}</p>
    </div>
  );
}

function Filled({ permits, events, peopleWait }: { permits: number; events: number; peopleWait: boolean }) {
  const trpc = useTRPC();
  const take = useMutation(trpc.welcome.takeDemoPeople.mutationOptions());
  const people = take.data?.people;
  return (
    <>
      <p role="status">{words.filled(count(permits), count(events))}</p>
      {people ? (
        <>
          <p className={classes.hint}>{words.people}</p>
          <ShownOnce
            copy={words.copy}
            rows={[
              { name: words.password, value: people.password },
              { name: words.names, value: people.usernames.join(", ") },
            ]}
          />
        </>
      ) : peopleWait && take.data === undefined ? (
        <div className={classes.take}>
          <Button
            variant="default"
            aria-disabled={take.isPending}
            onClick={() => {
              if (!take.isPending) take.mutate();
            }}
          >
            {words.show}
          </Button>
          <span className={classes.hint}>{words.showHint}</span>
        </div>
      ) : (
        <p className={classes.hint}>{words.taken}</p>
      )}
      {take.error ? <FailureNote error={take.error} /> : null}
    </>
  );
}
