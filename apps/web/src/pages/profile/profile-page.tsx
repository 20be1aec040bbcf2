import { features, isFeature } from "@countersign/audit/features";
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Me } from "../../api.ts";
import { Foreign } from "../../components/foreign.tsx";
import { Page } from "../../components/page.tsx";
import { ReceiptNote } from "../../components/receipt-note.tsx";
import { useMay, useMe } from "../../me.ts";
import { texts } from "../../texts.ts";
import { type PasswordChange, PasswordForm } from "../password/password-form.tsx";
import { featureGroups } from "../roles/role-draft.ts";
import { rolesTexts } from "../roles/roles-texts.ts";
import { AppearancePanel, ReadingPanel } from "./appearance-panels.tsx";
import classes from "./profile.module.css";
import { profileTexts } from "./profile-texts.ts";
import { SessionsPanel } from "./sessions-panel.tsx";

/** One's own page: who one is, what one may do, where one is signed in, and how one likes to read. Everybody has it. */
export function ProfilePage() {
  const me = useMe();
  return (
    <Page title={profileTexts.title}>
      {me ? (
        <div className={classes.columns}>
          <div className={classes.stack}>
            <WhoPanel me={me} />
            <SessionsPanel />
            <PasswordPanel username={me.username} />
          </div>
          <div className={classes.stack}>
            <AppearancePanel />
            <ReadingPanel />
            <RightsPanel me={me} />
          </div>
        </div>
      ) : null}
    </Page>
  );
}

function WhoPanel({ me }: { me: Me }) {
  const words = profileTexts.who;
  const mayReadLog = useMay("audit.read");
  return (
    <section className={classes.panel} aria-labelledby="who">
      <div className={classes.panelHead}>
        <h2 id="who" className={classes.section}>
          {words.title}
        </h2>
        {mayReadLog ? (
          <Link to="/log" search={{ actor: `user:${me.id}`, range: "30d" }}>
            {words.activity}
          </Link>
        ) : null}
      </div>
      <dl className={classes.facts}>
        <div>
          <dt>{words.name}</dt>
          <dd>
            <Foreign text={me.name} />
          </dd>
        </div>
        <div>
          <dt>{words.username}</dt>
          <dd>
            <Foreign text={me.username} />
          </dd>
        </div>
        <div>
          <dt>{words.roles}</dt>
          <dd>{me.roles.length === 0 ? words.noRoles : <Foreign text={me.roles.join(", ")} />}</dd>
        </div>
      </dl>
      <p className={classes.muted}>{words.hint}</p>
    </section>
  );
}

function PasswordPanel({ username }: { username: string }) {
  const words = profileTexts.password;
  const [isOpen, setOpen] = useState(false);
  const [done, setDone] = useState<PasswordChange | null>(null);
  return (
    <section className={classes.panel} aria-labelledby="password">
      <h2 id="password" className={classes.section}>
        {words.title}
      </h2>
      {done ? (
        <ReceiptNote done={done} sentence={texts.password.done(done.sessionsEnded)} onDismiss={() => setDone(null)} />
      ) : null}
      <p className={classes.muted}>{texts.password.othersEnd}</p>
      {isOpen ? (
        <PasswordForm
          username={username}
          onChanged={(change) => {
            setDone(change);
            setOpen(false);
          }}
        />
      ) : null}
      <div>
        <Button variant={isOpen ? "subtle" : "default"} onClick={() => setOpen(!isOpen)}>
          {isOpen ? words.cancel : words.change}
        </Button>
      </div>
    </section>
  );
}

function RightsPanel({ me }: { me: Me }) {
  const words = profileTexts.may;
  const held = new Set(me.features.filter(isFeature));
  const groups = featureGroups
    .map((group) => ({ ...group, features: group.features.filter((feature) => held.has(feature)) }))
    .filter((group) => group.features.length > 0);
  return (
    <section className={classes.panel} aria-labelledby="rights">
      <h2 id="rights" className={classes.section}>
        {words.title}
      </h2>
      {groups.length === 0 ? <p className={classes.muted}>{words.none}</p> : null}
      {groups.map(({ area, features: some }) => (
        <details key={area} className={classes.rights} open={groups.length <= 3}>
          <summary>
            {rolesTexts.areas[area] ?? area} <span className={classes.muted}>{words.of(some.length)}</span>
          </summary>
          <ul>
            {some.map((feature) => (
              <li key={feature}>{features[feature]}</li>
            ))}
          </ul>
        </details>
      ))}
    </section>
  );
}
