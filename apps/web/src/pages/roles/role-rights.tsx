import { features } from "@countersign/audit/features";
import { Checkbox } from "@mantine/core";
import type { Me } from "../../api.ts";
import { markedText } from "../../marks.ts";
import type { RoleChanges } from "./role-changes.ts";
import { featureGroups, type Role, whyOff, willHold } from "./role-draft.ts";
import classes from "./roles.module.css";
import { rolesTexts } from "./roles-texts.ts";

type Props = { role: Role; me: Me; changing: RoleChanges };

/** The rights of one role by group, each a checkbox in words, with the reason where it is off. */
export function RoleRights({ role, me, changing }: Props) {
  return (
    <section className={classes.panel} aria-labelledby="rights">
      <h2 id="rights" className={classes.section}>
        {rolesTexts.rightsTitle}
      </h2>
      {featureGroups.map(({ area, features: group }) => (
        <fieldset key={area} className={classes.group}>
          <legend>
            {rolesTexts.areas[area] ?? area}{" "}
            <span className={classes.muted}>
              {rolesTexts.ofRights(
                group.filter((feature) => willHold(changing.draft, role, feature)).length,
                group.length,
              )}
            </span>
          </legend>
          {group.map((feature) => {
            const isHeld = willHold(changing.draft, role, feature);
            const reason = whyOff(me, role, feature);
            const change =
              isHeld === role.features.includes(feature) ? null : isHeld ? rolesTexts.willGive : rolesTexts.willTake;
            return (
              <Checkbox
                key={feature}
                size="sm"
                checked={isHeld}
                label={features[feature]}
                description={change ?? (role.shipped === "administrator" ? null : reason) ?? feature}
                aria-label={rolesTexts.cell(markedText(role.name), features[feature])}
                aria-disabled={reason !== null}
                data-off={reason !== null || undefined}
                data-changed={change !== null || undefined}
                className={classes.rightBox}
                onChange={() => {
                  if (reason === null) changing.turn(role, feature);
                }}
              />
            );
          })}
        </fieldset>
      ))}
    </section>
  );
}
