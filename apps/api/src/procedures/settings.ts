import { weakensSetting } from "@countersign/audit/weakening";
import { listSettings } from "@countersign/db/system-config";
import { type SettingKey, settingKeys, systemSettings } from "@countersign/db/system-settings";
import { z } from "zod";
import { done, settingAnswer } from "../domain/answers.ts";
import { reason, settingVersion } from "../domain/fields.ts";
import { changeSetting, describeSetting, furtherFeatures, settingChanges } from "../domain/settings.ts";
import { forbidden } from "../trpc/access.ts";
import { router } from "../trpc/init.ts";
import { operation } from "../trpc/operation.ts";
import { may } from "../trpc/procedures.ts";

/** What an administrator can set for the whole office. */
export const settings = router({
  list: may("system.config")
    .meta({
      rest: {
        method: "GET",
        path: "/api/settings",
        summary: "All settings with their values, defaults and last changes",
        output: z.object({ items: z.array(settingAnswer) }),
      },
    })
    .input(z.strictObject({}))
    .query(async ({ ctx }) => ({ items: (await listSettings(ctx.services.db)).map(describeSetting) })),

  change: operation({
    feature: "system.config",
    alsoNeeds: ({ key }) => furtherFeatures(key),
    event: "system_config_change",
    rest: {
      method: "PUT",
      path: "/api/settings/{key}",
      summary: "Give a setting another value; it counts at once",
      output: done({ setting: settingAnswer }),
    },
    fresh: true,
    input: z.strictObject({
      key: z.enum(settingKeys as [SettingKey, ...SettingKey[]]),
      /** What it can be stands in `settings.list`. */
      value: z.unknown(),
      version: settingVersion.optional(),
      reason,
    }),
    run: ({ tx, ctx: { session, services } }, input) => {
      const lacking = furtherFeatures(input.key).find((feature) => !session.features.has(feature));
      if (lacking !== undefined) throw forbidden(lacking);
      tx.afterCommit(services.refreshSettings);
      const at = new Date(services.now()).toISOString();
      return changeSetting(tx, input, { by: { id: session.userId, name: session.name }, at });
    },
    object: ({ key }) => ({ type: "system_config", id: key, label: `“${systemSettings[key].title}”` }),
    notes: (input) => input.reason,
    changes: settingChanges,
    approval: ({ key }, { before, after }) => weakensSetting(key, before.value, after.value),
    answer: ({ after }) => ({ setting: describeSetting(after) }),
  }),
});
