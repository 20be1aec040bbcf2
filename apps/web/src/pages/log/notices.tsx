import { CloseButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../api.ts";
import { Foreign } from "../../components/foreign.tsx";
import { texts } from "../../texts.ts";
import classes from "./log-page.module.css";

/** Seconds after which a kept event that is not yet in the log is worth a word. */
const lateS = 5;

/** What the reader must know of the list as a whole: filters not understood, events not yet in it, loss accepted. */
export function Notices({ ignored, onDismiss }: { ignored: string | undefined; onDismiss: () => void }) {
  const trpc = useTRPC();
  const status = useQuery({ ...trpc.system.status.queryOptions(), staleTime: 30_000, retry: false });
  const { lossAccepted, oldestKeptSeconds, waitingEvents } = status.data ?? {};
  const isLate = (oldestKeptSeconds ?? 0) >= lateS;
  return (
    <div role="status">
      {ignored ? (
        <div className={classes.notice}>
          <span>
            <Foreign text={texts.log.ignored(ignored)} />
          </span>
          <CloseButton size="sm" aria-label={texts.receipt.dismiss} onClick={onDismiss} />
        </div>
      ) : null}
      {isLate ? (
        <div className={classes.notice}>
          {texts.log.waiting(waitingEvents ?? 0, Math.round(oldestKeptSeconds ?? 0))}
        </div>
      ) : null}
      {lossAccepted ? <div className={classes.notice}>{texts.log.lossAccepted}</div> : null}
    </div>
  );
}
