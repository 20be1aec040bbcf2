import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { FileCheck2, IdCard, Printer, UserRound } from "lucide-react";
import { failureOf, useTRPC } from "../../api.ts";
import { AfterDelay } from "../../components/after-delay.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { LinkButton } from "../../components/link-button.tsx";
import { NotPermitted } from "../../components/not-permitted.tsx";
import { Page } from "../../components/page.tsx";
import states from "../../components/states.module.css";
import { markedText } from "../../marks.ts";
import { useMay } from "../../me.ts";
import { texts } from "../../texts.ts";
import classes from "./history.module.css";
import { HistoryHead, shownWords } from "./history-head.tsx";
import { historyTexts as words } from "./history-texts.ts";
import { capitalised, objectName, typeWord } from "./object-kinds.ts";
import { StatePanel } from "./state-panel.tsx";
import { TimelinePanel } from "./timeline-panel.tsx";
import "./print.css";

const route = getRouteApi("/app/history/$type/$id");

export function HistoryPage() {
  const { type, id } = route.useParams();
  const mayRead = useMay("audit.read");
  if (!mayRead) return <NotPermitted title={words.title} feature="audit.read" />;
  return <ObjectHistory key={`${type}:${id}`} type={type} id={id} />;
}

function ObjectHistory({ type, id }: { type: string; id: string }) {
  const trpc = useTRPC();
  const search = route.useSearch();
  const read = useQuery({
    ...trpc.history.object.queryOptions({ objectType: type, objectId: id }),
    staleTime: 10_000,
  });
  if (read.isError && !read.data) {
    if (failureOf(read.error).reason === "invalid_input") return <NothingOf name={objectName(type, id, null)} />;
    return (
      <Page title={words.title}>
        <FailureNote
          title={texts.failure.title}
          error={read.error}
          holds={texts.failure.holds}
          onRetry={() => void read.refetch()}
        />
      </Page>
    );
  }
  if (!read.data) return <LoadingHistory />;
  const head = read.data;
  const name = objectName(type, id, head.object.label);
  if (head.last === null && head.register !== "there") return <NothingOf name={name} />;
  return (
    <Page
      fill
      title={markedText(name)}
      query={words.printedQuery(shownWords(search, type))}
      mark={
        <span className={classes.kind}>
          {capitalised(typeWord(type))} · {stateWord(head)}
        </span>
      }
      actions={<Actions type={type} id={id} isThere={head.register === "there"} />}
    >
      <div className={classes.scroll}>
        <HistoryHead head={head} />
        {head.last === null ? (
          <EmptyState title={words.quietTitle} actions={<Link to="/log">{words.toLog}</Link>}>
            {words.quiet(markedText(name))}
          </EmptyState>
        ) : (
          <div className={classes.columns}>
            <TimelinePanel type={type} id={id} />
            <StatePanel type={type} id={id} />
          </div>
        )}
      </div>
    </Page>
  );
}

const stateWord = ({ register, ended }: { register: "there" | "missing" | "none"; ended: unknown }): string => {
  if (register === "there") return words.state.there;
  return register === "missing" || ended !== null ? words.state.gone : words.state.none;
};

/** Pages of objects, and the right that each takes. */
const pages = {
  permit: { to: "/permits/$id", feature: "permits.read", Icon: FileCheck2 },
  user: { to: "/users/$id", feature: "users.read", Icon: UserRound },
  role: { to: "/roles/$id", feature: "roles.read", Icon: IdCard },
} as const;

const pageOf = (type: string) =>
  Object.hasOwn(pages, type) ? pages[type as keyof typeof pages] : { to: null, feature: "audit.read" as const };

/** The object's own page, where there is one, and the paper. */
function Actions({ type, id, isThere }: { type: string; id: string; isThere: boolean }) {
  const page = pageOf(type);
  const mayRead = useMay(page.feature);
  return (
    <>
      {page.to !== null && isThere && mayRead ? (
        <LinkButton
          data-print="no"
          variant="default"
          to={page.to}
          params={{ id }}
          leftSection={<page.Icon size={16} aria-hidden />}
        >
          {words.open(typeWord(type))}
        </LinkButton>
      ) : null}
      <Button
        data-print="no"
        variant="default"
        leftSection={<Printer size={16} aria-hidden />}
        onClick={() => window.print()}
      >
        {words.print}
      </Button>
    </>
  );
}

function NothingOf({ name }: { name: string }) {
  return (
    <Page title={words.title}>
      <EmptyState title={words.neverTitle(markedText(name))} actions={<Link to="/log">{words.toLog}</Link>}>
        {words.never}
      </EmptyState>
    </Page>
  );
}

function LoadingHistory() {
  return (
    <Page title={words.title} fill>
      <AfterDelay ms={150}>
        <div className={classes.scroll} aria-busy aria-label={words.loading} role="status">
          <div className={classes.columns}>
            {[
              [84, 70, 76, 62, 80, 58],
              [64, 52, 70, 48],
            ].map((lines) => (
              <div key={lines.length} className={classes.panel}>
                {lines.map((width) => (
                  <div key={width} className={classes.loading}>
                    <div className={states.skeleton} style={{ inlineSize: `${width}%` }} />
                  </div>
                ))}
              </div>
            ))}
          </div>
        </div>
      </AfterDelay>
    </Page>
  );
}
