import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTRPC } from "../../api.ts";
import { AfterDelay } from "../../components/after-delay.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { NotPermitted } from "../../components/not-permitted.tsx";
import { Page } from "../../components/page.tsx";
import states from "../../components/states.module.css";
import { areDone, type FirstSteps, useFirstSteps } from "../../first-steps.ts";
import { useMay } from "../../me.ts";
import { setPreference } from "../../preferences.ts";
import { texts } from "../../texts.ts";
import type { LogSearch } from "../log/log-search.ts";
import { DemoStep } from "./demo-step.tsx";
import { MailStep } from "./mail-step.tsx";
import { OfficeStep } from "./office-step.tsx";
import { PersonStep } from "./person-step.tsx";
import { Step } from "./step.tsx";
import classes from "./welcome.module.css";
import { welcomeTexts as words } from "./welcome-texts.ts";

const examples: readonly { label: string; search: LogSearch }[] = [
  { label: words.examples.refused, search: { status: ["denied"] } },
  { label: words.examples.critical, search: { severity: ["critical"], range: "all" } },
  { label: words.examples.signIns, search: { code: ["user_login"], range: "24h" } },
];

export function WelcomePage() {
  const mayConfigure = useMay("system.config");
  if (!mayConfigure) return <NotPermitted title={words.title} feature="system.config" />;
  return <Welcome />;
}

function Welcome() {
  const steps = useFirstSteps();
  const navigate = useNavigate();
  const leave = () => {
    setPreference("firstSteps", "left");
    void navigate({ to: "/" });
  };
  return (
    <Page
      title={words.title}
      actions={
        <Button variant="default" onClick={leave}>
          {areDone(steps.data) ? words.toOverview : words.leave}
        </Button>
      }
    >
      <p className={classes.lead}>{words.lead}</p>
      {steps.isError ? (
        <FailureNote error={steps.error} holds={texts.failure.holds} onRetry={() => void steps.refetch()} />
      ) : null}
      {steps.data ? <Steps steps={steps.data} /> : null}
      {steps.isLoading ? <Loading /> : null}
    </Page>
  );
}

function Steps({ steps }: { steps: FirstSteps }) {
  useReadAgainOnceFilled(steps);
  return (
    <>
      <ol className={classes.steps}>
        <Step title={words.password.title} isDone>
          <p className={classes.hint}>
            {words.password.done} <Link to="/password">{words.password.change}</Link>
          </p>
        </Step>
        <OfficeStep isDone={steps.officeNamed} />
        <PersonStep secondPerson={steps.secondPerson} />
        <MailStep />
        <DemoStep steps={steps} />
      </ol>
      <section className={classes.examples} aria-labelledby="first-questions">
        <h2 id="first-questions" className={classes.stepTitle}>
          {words.examples.title}
        </h2>
        <ul>
          {examples.map(({ label, search }) => (
            <li key={label}>
              <Link to="/log" search={search}>
                {label}
              </Link>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

/** Once the office is filled, nothing that was read of the empty one is shown again. */
const useReadAgainOnceFilled = ({ demo }: FirstSteps) => {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const wasFilling = useRef(false);
  useEffect(() => {
    if (demo?.kind === "filled" && wasFilling.current) {
      void queries.invalidateQueries(trpc.system.settings.queryFilter());
      queries.removeQueries({ type: "inactive" });
    }
    wasFilling.current = demo?.kind === "filling";
  }, [demo?.kind, queries, trpc]);
};

function Loading() {
  return (
    <AfterDelay ms={150}>
      <div className={classes.steps} role="status" aria-label={words.loading}>
        {["password", "office", "person", "mail", "demo"].map((step) => (
          <div key={step} className={classes.step}>
            <div className={states.skeleton} />
          </div>
        ))}
      </div>
    </AfterDelay>
  );
}
