import { useQuery } from "@tanstack/react-query";
import { type LogEntry, useTRPC } from "../../api.ts";
import { FailureNote } from "../../components/failure-note.tsx";
import { Timeline } from "../../events/timeline.tsx";
import type { Zone } from "../../format.ts";
import { drawerTexts as words } from "./drawer-texts.ts";
import classes from "./event-drawer.module.css";

type Props = { entry: LogEntry; zone: Zone; onOpen: (entry: LogEntry) => void };

/** The request for approval, the decision and the act, newest first. */
export function DrawerApproval({ entry, zone, onOpen }: Props) {
  const trpc = useTRPC();
  const chain = useQuery(trpc.history.around.queryOptions({ id: entry.id, by: "approval" }));
  return (
    <section className={classes.said} aria-labelledby="approval-chain">
      <h3 id="approval-chain">{words.approvalChain}</h3>
      {chain.isError ? <FailureNote error={chain.error} onRetry={() => void chain.refetch()} /> : null}
      {chain.data ? <Timeline entries={chain.data.entries} zone={zone} current={entry.id} onOpen={onOpen} /> : null}
    </section>
  );
}
