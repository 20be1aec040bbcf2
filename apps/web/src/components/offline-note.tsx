import { CloudOff } from "lucide-react";
import { clockTime } from "../format.ts";
import { useLostAt } from "../reach.ts";
import { texts } from "../texts.ts";
import classes from "./states.module.css";

/** Stands over every page while the server does not answer. */
export function OfflineNote() {
  const lostAt = useLostAt();
  return (
    <div role="status">
      {lostAt === null ? null : (
        <div className={classes.banner}>
          <CloudOff size={16} aria-hidden />
          {texts.failure.offline(clockTime(new Date(lostAt).toISOString(), "local"))}
        </div>
      )}
    </div>
  );
}
