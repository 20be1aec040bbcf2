import type { ReactNode } from "react";
import type { User } from "../../api.ts";
import { Foreign } from "../../components/foreign.tsx";
import { dateTime } from "../../format.ts";
import { usePreferences } from "../../preferences.ts";
import classes from "./user.module.css";
import { ProtectedMark, UserStatus } from "./user-marks.tsx";
import { usersTexts } from "./users-texts.ts";

const words = usersTexts.facts;

/** What is known of an account. */
export function UserFacts({ user }: { user: User }) {
  const { zone } = usePreferences();
  const time = (at: string) => <time dateTime={at}>{dateTime(at, zone)}</time>;
  return (
    <section className={classes.panel} aria-labelledby="facts">
      <h2 id="facts" className={classes.section}>
        {words.title}
      </h2>
      <dl className={classes.facts}>
        <Fact name={words.username}>
          <Foreign text={user.username} />
        </Fact>
        <Fact name={words.name}>
          <Foreign text={user.name} />
        </Fact>
        <Fact name={words.email}>
          {user.email ? <Foreign text={user.email} /> : <span className={classes.muted}>{words.noEmail}</span>}
        </Fact>
        <Fact name={words.status}>
          <span className={classes.named}>
            <UserStatus status={user.status} />
            {user.isProtected ? <ProtectedMark /> : null}
          </span>
        </Fact>
        <Fact name={words.password}>{user.mustChangePassword ? words.mustChange : words.own}</Fact>
        <Fact name={words.lastSignIn}>
          {user.lastSignInAt ? time(user.lastSignInAt) : <span className={classes.muted}>{usersTexts.never}</span>}
        </Fact>
        <Fact name={words.created}>{time(user.createdAt)}</Fact>
        <Fact name={words.updated}>{time(user.updatedAt)}</Fact>
        <Fact name={words.number}>{user.id}</Fact>
      </dl>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
