import type { Json } from "@countersign/audit/json";
import { weakensSetting } from "@countersign/audit/weakening";
import { TextInput } from "@mantine/core";
import { Foreign } from "../../components/foreign.tsx";
import { useApprovalsInForce } from "../../components/needs-approval.ts";
import { SaveBar } from "../../components/save-bar.tsx";
import { SavedNote } from "../../components/saved-note.tsx";
import { texts } from "../../texts.ts";
import type { SettingChange, Settings } from "./setting-changes.ts";
import { inWords } from "./setting-values.ts";
import classes from "./settings.module.css";
import { settingsTexts } from "./settings-texts.ts";

const words = settingsTexts.bar;

type Props = { settings: Settings; nameOf: (id: number) => string };

/** What waits to be saved: each setting as it is and as it will be. */
export function SettingsBar({ settings, nameOf }: Props) {
  const { changes, wrong } = settings;
  const isInForce = useApprovalsInForce();
  const waits =
    isInForce && changes.some(({ setting, value }) => weakensSetting(setting.key, setting.value, value as Json));
  const lacksReason = waits && settings.reason.trim() === "";
  if (changes.length === 0) return null;
  const titles = changes.map(({ setting }) => setting.title).join(", ");
  return (
    <SaveBar
      label={words.label}
      summary={words.summary(changes.length, titles)}
      verb={words.save}
      discard={words.discard}
      isWorking={settings.isWorking}
      reason={wrong > 0 ? words.wrong(wrong) : lacksReason ? texts.permit.reasonNeeded : null}
      onSave={() => void settings.save()}
      onDiscard={settings.discard}
    >
      <ul className={classes.diff}>
        {changes.map(({ setting, value }) => (
          <li key={setting.key}>
            <Foreign text={words.diff(setting.title, inWords(setting.value, nameOf), shownValue(value, nameOf))} />
          </li>
        ))}
      </ul>
      {wrong > 0 ? <span className={classes.error}>{words.wrong(wrong)}</span> : null}
      <TextInput
        size="xs"
        className={classes.reason}
        label={waits ? texts.permit.reason : `${texts.permit.reason} (${texts.permit.optional})`}
        description={waits ? words.waits : null}
        required={waits}
        maxLength={2_000}
        value={settings.reason}
        onChange={(event) => settings.setReason(event.currentTarget.value)}
      />
    </SaveBar>
  );
}

const shownValue = (value: unknown, nameOf: (id: number) => string): string =>
  Number.isNaN(value) ? "…" : inWords(value, nameOf);

/** What became of the settings that were saved last. */
export function SettingsSaved({ settings, nameOf }: Props) {
  const { saved, dismiss, isWorking } = settings;
  if (saved.length === 0 || isWorking) return null;
  const kept = saved.filter(({ kind }) => kind === "kept").length;
  const asked = saved.filter((one) => one.kind === "kept" && one.done.outcome === "pending").length;
  const sentence = ({ setting, value }: SettingChange) =>
    words.diff(setting.title, inWords(setting.value, nameOf), inWords(value, nameOf));
  return (
    <SavedNote
      saved={saved}
      summary={
        kept < saved.length
          ? settingsTexts.saved.some(kept, saved.length)
          : asked > 0
            ? settingsTexts.saved.asked(asked, saved.length)
            : settingsTexts.saved.all(kept)
      }
      untried={settingsTexts.saved.untried}
      sentence={sentence}
      onDismiss={dismiss}
    />
  );
}
