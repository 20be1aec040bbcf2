import { eventType } from "@countersign/audit/catalogue";
import { TextInput } from "@mantine/core";
import { approvalTexts } from "../../components/approval-texts.ts";
import { Foreign } from "../../components/foreign.tsx";
import { SaveBar } from "../../components/save-bar.tsx";
import { SavedNote } from "../../components/saved-note.tsx";
import { texts } from "../../texts.ts";
import { type RoleChanges, useAffected } from "./role-changes.ts";
import { type Role, type RoleChange, summaryOf } from "./role-draft.ts";
import classes from "./roles.module.css";
import { rolesTexts } from "./roles-texts.ts";

const words = rolesTexts.bar;

const sentenceOf = ({ role, feature, isGiven }: RoleChange): string =>
  (isGiven ? words.given : words.taken)(role.name, feature);

const eventNameOf = ({ isGiven }: RoleChange): string =>
  eventType(isGiven ? "role_assign_feature" : "role_revoke_feature").name;

const rolesOf = (changes: readonly RoleChange[]): Role[] => [
  ...new Map(changes.map(({ role }) => [role.id, role])).values(),
];

/** What waits to be saved: how much, whom it reaches, and the event of each change. */
export function ChangesBar({ changing }: { changing: RoleChanges }) {
  const { changes, isWorking } = changing;
  const affected = useAffected(rolesOf(changes));
  if (changes.length === 0) return null;
  const lacksReason = changing.needsReason && changing.reason.trim() === "";
  const given = changes.filter(({ isGiven }) => isGiven).length;
  return (
    <SaveBar
      label={words.label}
      summary={words.summary(changes.length, given, changes.length - given)}
      verb={words.save}
      discard={words.discard}
      isWorking={isWorking}
      reason={lacksReason ? texts.permit.reasonNeeded : null}
      onSave={() => void changing.save()}
      onDiscard={changing.discard}
    >
      <span>{affected ? words.affects(affected.people, affected.isAtLeast) : words.counting}</span>
      <ul className={classes.changes}>
        {changes.map((change) => (
          <li key={sentenceOf(change)}>
            <span aria-hidden>{change.isGiven ? "+" : "−"}</span> <Foreign text={sentenceOf(change)} />
            <span className={classes.muted}>
              {" "}
              · {words.reaches(change.role.userCount)} · {words.event(eventNameOf(change))}
            </span>
          </li>
        ))}
      </ul>
      {changing.needsReason ? (
        <TextInput
          size="xs"
          label={texts.permit.reason}
          description={approvalTexts.needed}
          maxLength={2_000}
          required
          value={changing.reason}
          onChange={(event) => changing.setReason(event.currentTarget.value)}
        />
      ) : null}
    </SaveBar>
  );
}

/** What became of the changes that were saved last. */
export function ChangesSaved({ changing }: { changing: RoleChanges }) {
  const { saved, dismiss, isWorking } = changing;
  if (saved.length === 0 || isWorking) return null;
  return (
    <SavedNote
      saved={saved}
      summary={summaryOf(saved)}
      untried={rolesTexts.saved.untried}
      sentence={sentenceOf}
      onDismiss={dismiss}
    />
  );
}
