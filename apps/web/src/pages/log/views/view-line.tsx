import { Button } from "@mantine/core";
import { failureOf } from "../../../api.ts";
import { FailureNote } from "../../../components/failure-note.tsx";
import { Foreign } from "../../../components/foreign.tsx";
import { ReasonedButton } from "../../../components/reasoned-button.tsx";
import { ReceiptNote } from "../../../components/receipt-note.tsx";
import { useLostAt } from "../../../reach.ts";
import { texts } from "../../../texts.ts";
import type { SavedViews } from "./saved-views.ts";
import { RemoveDialog, RenameDialog, SaveDialog } from "./view-dialogs.tsx";
import classes from "./views.module.css";
import { viewsTexts as words } from "./views-texts.ts";

/** Over the list: that the open view is edited, with the ways on; what the last act left; and the dialogs. */
export function ViewLine({ views, what }: { views: SavedViews; what: string }) {
  const { current, isOwn, act, done, dialog } = views;
  const lostReason = useLostAt() === null ? null : texts.failure.offlineReason;
  const isStale = act.isError && failureOf(act.error).reason === "stale_version";
  return (
    <>
      {current && views.isEdited ? (
        <div className={classes.line}>
          <span className={classes.edited} role="status">
            <Foreign text={isOwn ? words.edited(current.name) : words.editedOf(current.name, current.owner.name)} />
          </span>
          {isOwn ? (
            <ReasonedButton size="xs" reason={lostReason} aria-disabled={act.isPending} onClick={views.save}>
              {act.isPending && dialog === null ? words.saving : words.save}
            </ReasonedButton>
          ) : null}
          <ReasonedButton size="xs" variant="default" reason={lostReason} onClick={() => views.ask("save")}>
            {words.saveAs}
          </ReasonedButton>
          <Button size="xs" variant="default" onClick={views.revert}>
            {words.revert}
          </Button>
        </div>
      ) : null}
      {act.isError && dialog === null ? (
        <div className={classes.note}>
          <FailureNote
            error={act.error}
            {...(isStale && { onRetry: views.readAgain, retryLabel: texts.failure.readAgain })}
          />
        </div>
      ) : null}
      {done ? (
        <div className={classes.note}>
          <ReceiptNote done={done.receipt} sentence={done.said} onDismiss={views.dismiss} />
        </div>
      ) : null}
      {dialog === "save" ? <SaveDialog views={views} what={what} /> : null}
      {dialog === "rename" && current ? <RenameDialog views={views} name={current.name} /> : null}
      {dialog === "remove" && current ? <RemoveDialog views={views} view={current} /> : null}
    </>
  );
}
