import { type Feature, features } from "@countersign/audit/features";
import { Link } from "@tanstack/react-router";
import { ChevronDown, ChevronRight } from "lucide-react";
import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from "react";
import type { Me } from "../../api.ts";
import { Foreign } from "../../components/foreign.tsx";
import { markedText } from "../../marks.ts";
import { type Draft, featureGroups, type Role, whyOff, willHold } from "./role-draft.ts";
import classes from "./roles.module.css";
import { rolesTexts } from "./roles-texts.ts";

type Props = {
  roles: readonly Role[];
  me: Me;
  draft: Draft;
  onTurn: (role: Role, feature: Feature) => void;
  /** Told why a cell that has the focus is off; null when it is not. */
  onReason: (reason: string | null) => void;
};

/** Roles across, rights down, a checkbox where they meet. One tab stop; arrows walk the cells. */
export function RoleMatrix({ roles, me, draft, onTurn, onReason }: Props) {
  const table = useRef<HTMLTableElement>(null);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  useOneTabStop(table);
  const fold = (area: string) =>
    setFolded((before) =>
      before.has(area) ? new Set([...before].filter((one) => one !== area)) : new Set([...before, area]),
    );
  return (
    <div className={classes.sheet}>
      <table
        ref={table}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: cells are walked with the keyboard, as in a grid
        role="grid"
        className={classes.matrix}
        aria-label={rolesTexts.table}
        onKeyDown={(event) => walk(table.current, event)}
        onFocus={(event) => {
          if (event.target instanceof HTMLInputElement) stopAt(table.current, event.target);
        }}
      >
        <thead>
          <tr>
            <th scope="col">{rolesTexts.right}</th>
            {roles.map((role) => (
              <th key={role.id} scope="col">
                <Link to="/roles/$id" params={{ id: String(role.id) }} className={classes.roleName}>
                  <Foreign text={role.name} />
                </Link>
                <span className={classes.muted}>{rolesTexts.people(role.userCount)}</span>
              </th>
            ))}
          </tr>
        </thead>
        {featureGroups.map(({ area, features }) => (
          <tbody key={area}>
            <GroupRow
              area={area}
              features={features}
              roles={roles}
              draft={draft}
              isFolded={folded.has(area)}
              onFold={() => fold(area)}
            />
            {folded.has(area)
              ? null
              : features.map((feature) => (
                  <FeatureRow
                    key={feature}
                    feature={feature}
                    roles={roles}
                    me={me}
                    draft={draft}
                    onTurn={onTurn}
                    onReason={onReason}
                  />
                ))}
          </tbody>
        ))}
      </table>
      <span id="will-give" hidden>
        {rolesTexts.willGive}
      </span>
      <span id="will-take" hidden>
        {rolesTexts.willTake}
      </span>
    </div>
  );
}

type GroupProps = {
  area: string;
  features: readonly Feature[];
  roles: readonly Role[];
  draft: Draft;
  isFolded: boolean;
  onFold: () => void;
};

function GroupRow({ area, features, roles, draft, isFolded, onFold }: GroupProps) {
  const name = rolesTexts.areas[area] ?? area;
  const Icon = isFolded ? ChevronRight : ChevronDown;
  return (
    <tr className={classes.groupRow}>
      <th scope="row">
        <button type="button" className={classes.fold} aria-expanded={!isFolded} onClick={onFold}>
          <Icon size={14} aria-hidden /> {name}
        </button>
      </th>
      {roles.map((role) => {
        const held = features.filter((feature) => willHold(draft, role, feature)).length;
        return (
          <td key={role.id} title={rolesTexts.heldOf(markedText(role.name), held, features.length, name)}>
            {rolesTexts.ofRights(held, features.length)}
          </td>
        );
      })}
    </tr>
  );
}

function FeatureRow({
  feature,
  roles,
  me,
  draft,
  onTurn,
  onReason,
}: Omit<Props, "roles"> & { feature: Feature; roles: readonly Role[] }) {
  return (
    <tr>
      <th scope="row">
        {features[feature]} <code>{feature}</code>
      </th>
      {roles.map((role) => {
        const isHeld = willHold(draft, role, feature);
        const isChanged = isHeld !== role.features.includes(feature);
        const reason = whyOff(me, role, feature);
        return (
          <td key={role.id} data-change={isChanged ? (isHeld ? "given" : "taken") : undefined}>
            <input
              type="checkbox"
              tabIndex={-1}
              className={classes.box}
              checked={isHeld}
              aria-label={rolesTexts.cell(markedText(role.name), features[feature])}
              aria-disabled={reason !== null}
              aria-describedby={
                reason !== null ? "why-off" : isChanged ? (isHeld ? "will-give" : "will-take") : undefined
              }
              title={reason ?? undefined}
              onChange={() => {
                if (reason === null) onTurn(role, feature);
              }}
              onFocus={() => onReason(reason)}
              onBlur={() => onReason(null)}
            />
          </td>
        );
      })}
    </tr>
  );
}

const boxesOf = (table: HTMLTableElement | null): HTMLInputElement[] => [
  ...(table?.querySelectorAll<HTMLInputElement>("input[type=checkbox]") ?? []),
];

/** Makes one cell the one that Tab reaches. */
const stopAt = (table: HTMLTableElement | null, box: HTMLInputElement): void => {
  for (const other of boxesOf(table)) other.tabIndex = -1;
  box.tabIndex = 0;
};

/** Keeps one cell reachable by Tab, whatever is folded. */
const useOneTabStop = (table: RefObject<HTMLTableElement | null>): void => {
  useEffect(() => {
    const boxes = boxesOf(table.current);
    const [first] = boxes;
    if (first && !boxes.some((box) => box.tabIndex === 0)) first.tabIndex = 0;
  });
};

const walk = (table: HTMLTableElement | null, event: KeyboardEvent): void => {
  const box = event.target;
  if (!(box instanceof HTMLInputElement)) return;
  const boxes = boxesOf(table);
  const row = box.closest("tr")?.querySelectorAll("input").length ?? 0;
  const at = boxes.indexOf(box);
  const start = at - (at % row);
  const steps: Record<string, number> = {
    ArrowRight: Math.min(at + 1, start + row - 1),
    ArrowLeft: Math.max(at - 1, start),
    ArrowDown: at + row,
    ArrowUp: at - row,
    Home: start,
    End: start + row - 1,
  };
  const next = boxes[steps[event.key] ?? -1];
  if (steps[event.key] === undefined) return;
  event.preventDefault();
  next?.focus();
};
