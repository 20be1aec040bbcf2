import { UnstyledButton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Triangle } from "lucide-react";
import { Foreign } from "../../components/foreign.tsx";
import { dateTime } from "../../format.ts";
import { useMay } from "../../me.ts";
import { usePreferences } from "../../preferences.ts";
import { PeriodPreview } from "../retention/period-preview.tsx";
import { isNotYet, isRetentionPeriod, isWeighty, type Setting } from "./setting-areas.ts";
import type { Settings } from "./setting-changes.ts";
import { SettingControl } from "./setting-control.tsx";
import { entryOf, inWords, isSame, problemOf } from "./setting-values.ts";
import classes from "./settings.module.css";
import { settingsTexts as words } from "./settings-texts.ts";

type Props = { setting: Setting; settings: Settings; nameOf: (id: number) => string };

/** One setting: its control, its default, who changed it last, and what there is to know before changing it. */
export function SettingRow({ setting, settings, nameOf }: Props) {
  const mayRetain = useMay("retention.manage");
  const mayReadLog = useMay("audit.read");
  const { zone } = usePreferences();
  const entry = settings.entry(setting);
  const isEdited = !isSame(entry, entryOf(setting));
  const problem = isEdited ? problemOf(setting, entry) : null;
  const isDefault = isSame(entry, entryOf(setting, setting.default));
  // Lists of people have no default of their own: the set-up filled them in.
  const hasDefault = !(Array.isArray(setting.default) && setting.default.length === 0);
  const off = isRetentionPeriod(setting.key) && !mayRetain ? words.needsRetention : null;
  return (
    <div id={setting.key} className={classes.setting} data-edited={isEdited || undefined} tabIndex={-1}>
      <SettingControl
        setting={setting}
        entry={entry}
        error={problem ?? settings.refusal(setting)}
        off={off}
        nameOf={nameOf}
        onChange={(next) => settings.set(setting, next)}
      />
      {isEdited && problem === null && isRetentionPeriod(setting.key) ? (
        <PeriodPreview settingKey={setting.key} days={Number(entry)} />
      ) : null}
      {isNotYet(setting.key) ? null : isWeighty(setting.key) ? (
        <p className={classes.weighty}>
          <Triangle size={12} aria-hidden /> {words.weighty}
        </p>
      ) : null}
      <p className={classes.meta}>
        <code>{setting.key}</code>
        {hasDefault ? <span>{words.default(inWords(setting.default))}</span> : null}
        {setting.updatedAt ? (
          <span>
            <Foreign
              text={
                setting.updatedBy
                  ? words.changed(setting.updatedBy.name, dateTime(setting.updatedAt, zone))
                  : words.changedAt(dateTime(setting.updatedAt, zone))
              }
            />
          </span>
        ) : (
          <span>{words.isDefault}</span>
        )}
        {setting.updatedAt && mayReadLog ? (
          <Link
            to="/log"
            search={{ object: `system_config:${setting.key}`, range: "all" }}
            aria-label={words.historyOf(setting.title)}
          >
            {words.history}
          </Link>
        ) : null}
        {hasDefault && !isDefault && off === null ? (
          <UnstyledButton
            className={classes.textButton}
            aria-label={words.toDefaultOf(setting.title)}
            onClick={() => settings.set(setting, entryOf(setting, setting.default))}
          >
            {words.toDefault}
          </UnstyledButton>
        ) : null}
        {isEdited ? (
          <UnstyledButton
            className={classes.textButton}
            aria-label={words.undoOf(setting.title)}
            onClick={() => settings.undo(setting)}
          >
            {words.undo}
          </UnstyledButton>
        ) : null}
      </p>
    </div>
  );
}
