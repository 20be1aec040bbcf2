import { SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useTRPC } from "../../api.ts";
import { AfterDelay } from "../../components/after-delay.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { count, dateTime } from "../../format.ts";
import { useMay } from "../../me.ts";
import { usePreferences } from "../../preferences.ts";
import { texts } from "../../texts.ts";
import { ActivityList } from "./activity-list.tsx";
import { activityTexts as words } from "./activity-texts.ts";
import { SignIns } from "./sign-ins.tsx";
import classes from "./user.module.css";
import { activityViews } from "./user-search.ts";

const route = getRouteApi("/app/users/$id");

/** What the log knows of a user: what they did, what was done to them, and their sign-ins. */
export function ActivityTab({ userId }: { userId: number }) {
  const mayRead = useMay("audit.read");
  if (!mayRead) {
    return (
      <p className={classes.panel}>
        {words.needs} {texts.notPermitted.text("audit.read")}
      </p>
    );
  }
  return <Activity userId={userId} />;
}

function Activity({ userId }: { userId: number }) {
  const search = route.useSearch();
  const navigate = useNavigate();
  const { show = "did" } = search;
  return (
    <div className={show === "sign-ins" ? undefined : classes.activity}>
      <div className={show === "sign-ins" ? undefined : classes.panel}>
        <SegmentedControl
          className={classes.switch ?? ""}
          aria-label={words.viewsLabel}
          data={activityViews.map((value) => ({ value, label: words.views[value] }))}
          value={show}
          onChange={(value) =>
            void navigate({
              to: "/users/$id",
              params: { id: String(userId) },
              search: { ...search, show: activityViews.find((name) => name === value) ?? "did" },
              replace: true,
              resetScroll: false,
            })
          }
        />
        {show === "sign-ins" ? <SignIns userId={userId} /> : <ActivityList key={show} userId={userId} show={show} />}
      </div>
      {show === "sign-ins" ? null : (
        <div className={`${classes.stack} ${classes.aside}`}>
          <Seen userId={userId} />
          <TopObjects userId={userId} />
        </div>
      )}
    </div>
  );
}

function Seen({ userId }: { userId: number }) {
  const trpc = useTRPC();
  const { zone } = usePreferences();
  const seen = useQuery(trpc.audit.userSeen.queryOptions({ userId }));
  const time = (at: string | undefined) =>
    at === undefined ? words.notSeen : <time dateTime={at}>{dateTime(at, zone)}</time>;
  return (
    <section className={classes.panel} aria-labelledby="seen">
      <h2 id="seen" className={classes.section}>
        {words.seen}
      </h2>
      {seen.error ? <FailureNote error={seen.error} onRetry={() => void seen.refetch()} /> : null}
      {seen.data ? (
        <dl className={classes.facts}>
          <div className={classes.fact}>
            <dt>{words.first}</dt>
            <dd>{time(seen.data.first?.at)}</dd>
          </div>
          <div className={classes.fact}>
            <dt>{words.last}</dt>
            <dd>{time(seen.data.last?.at)}</dd>
          </div>
        </dl>
      ) : null}
    </section>
  );
}

function TopObjects({ userId }: { userId: number }) {
  const trpc = useTRPC();
  const facets = useQuery(trpc.audit.facets.queryOptions({ actors: [`user:${userId}`], fields: ["object"], most: 10 }));
  const objects = facets.data?.facets.find(({ field }) => field === "object")?.values ?? [];
  return (
    <section className={classes.panel} aria-labelledby="top-objects">
      <h2 id="top-objects" className={classes.section}>
        {words.top}
      </h2>
      {facets.error ? <FailureNote error={facets.error} onRetry={() => void facets.refetch()} /> : null}
      {facets.isPending ? (
        <AfterDelay ms={150}>
          <p className={classes.muted}>{words.loading}</p>
        </AfterDelay>
      ) : null}
      {facets.data ? (
        <p className={classes.muted}>
          {objects.length === 0 ? words.topNone : words.topOf(count(facets.data.counted), facets.data.isCapped)}
        </p>
      ) : null}
      <ol className={classes.lines}>
        {objects.map(({ value, label, count: times }) => (
          <li key={value} className={classes.line}>
            <span className={classes.lineText}>
              <Link to="/log" search={{ actor: `user:${userId}`, object: value, range: "all" }}>
                <Foreign text={label ?? value} />
              </Link>
            </span>
            <span className="figures">{words.times(count(times))}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
