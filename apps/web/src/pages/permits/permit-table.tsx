import { useIntersection } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import { useEffect, useEffectEvent, useRef } from "react";
import type { Permit } from "../../api.ts";
import { Foreign } from "../../components/foreign.tsx";
import { usePageKeys } from "../../components/page-keys.ts";
import { plainDate } from "../../format.ts";
import { texts } from "../../texts.ts";
import { PermitStatus } from "./permit-status.tsx";
import classes from "./permits.module.css";

type Props = { permits: Permit[]; isStale: boolean; hasMore: boolean; isReading: boolean; onEnd: () => void };

/** The permits, newest first; older ones are read as the end comes into view. */
export function PermitTable({ permits, isStale, hasMore, isReading, onEnd }: Props) {
  const table = useRef<HTMLTableElement>(null);
  const down = () => focusRow(table.current, 1);
  const up = () => focusRow(table.current, -1);
  usePageKeys({ j: down, k: up, ArrowDown: down, ArrowUp: up });

  const { ref, entry } = useIntersection({ rootMargin: "400px" });
  const isNear = entry?.isIntersecting ?? false;
  const readOn = useEffectEvent(onEnd);
  useEffect(() => {
    if (isNear && hasMore && !isReading) readOn();
  }, [isNear, hasMore, isReading]);

  const columns = texts.permits.columns;
  return (
    <div className={classes.sheet} data-stale={isStale || undefined}>
      <table ref={table} className={classes.table} aria-label={texts.permits.table} aria-busy={isStale}>
        <thead>
          <tr>
            <th scope="col">{columns.number}</th>
            <th scope="col">{columns.holder}</th>
            <th scope="col">{columns.type}</th>
            <th scope="col">{columns.status}</th>
            <th scope="col">{columns.validTo}</th>
            <th scope="col">{columns.assignee}</th>
          </tr>
        </thead>
        <tbody>
          {permits.map((permit) => (
            <tr key={permit.id}>
              <th scope="row">
                <Link to="/permits/$id" params={{ id: String(permit.id) }} preload={false} className={classes.number}>
                  {permit.permitNumber}
                </Link>
              </th>
              <td className={classes.holder}>
                <Foreign text={permit.holderName} />
                {permit.site ? (
                  <span className={classes.site}>
                    <Foreign text={permit.site} />
                  </span>
                ) : null}
              </td>
              <td>
                <Foreign text={permit.type} />
              </td>
              <td>
                <PermitStatus status={permit.status} />
              </td>
              <td className="figures">
                {permit.validTo ? plainDate(permit.validTo) : <Muted text={texts.permits.unset} />}
              </td>
              <td>
                {permit.assignedTo ? <Foreign text={permit.assignedTo.name} /> : <Muted text={texts.permits.nobody} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div ref={ref} className={classes.more}>
        {isReading ? texts.permits.more : null}
      </div>
    </div>
  );
}

const focusRow = (table: HTMLTableElement | null, by: 1 | -1) => {
  const links = [...(table?.querySelectorAll<HTMLElement>("tbody a") ?? [])];
  const at = links.findIndex((link) => link.matches(":focus"));
  links[Math.max(at + by, 0)]?.focus();
};

function Muted({ text }: { text: string }) {
  return <span className={classes.muted}>{text}</span>;
}
