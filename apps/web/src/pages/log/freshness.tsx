import { Button } from "@mantine/core";
import { RefreshCw } from "lucide-react";
import type { LogEntry } from "../../api.ts";
import { dateTime, whenWords, type Zone } from "../../format.ts";
import { texts } from "../../texts.ts";
import classes from "./log-page.module.css";

type Props = { newest: LogEntry | undefined; zone: Zone; isFetching: boolean; onRefresh: (() => void) | null };

/**
 * How new the newest row is, and a way to look for newer ones, where they do not come by themselves. Nothing is asked on its own:
 * each reading is recorded.
 */
export function Freshness({ newest, zone, isFetching, onRefresh }: Props) {
  return (
    <div className={classes.fresh}>
      <span className={classes.newest} title={newest && dateTime(newest.receivedAt, zone)}>
        {newest ? texts.log.newest(whenWords(newest.receivedAt, zone, Date.now())) : texts.log.newestNone}
      </span>
      {onRefresh === null ? null : (
        <Button
          variant="default"
          leftSection={<RefreshCw size={14} aria-hidden />}
          aria-disabled={isFetching}
          onClick={() => {
            if (!isFetching) onRefresh();
          }}
        >
          {isFetching ? texts.log.refreshing : texts.log.refresh}
        </Button>
      )}
    </div>
  );
}
