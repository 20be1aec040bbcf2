import { Link } from "@tanstack/react-router";
import type { Permit } from "../../api.ts";
import table from "../../components/data-table.module.css";
import type { DataColumn } from "../../components/data-table.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { plainDate } from "../../format.ts";
import { texts } from "../../texts.ts";
import type { PermitSort } from "./permit-search.ts";
import { PermitStatus } from "./permit-status.tsx";
import classes from "./permits.module.css";

const heads = texts.permits.columns;

/** What the list tells of a permit. */
export const permitColumns: readonly DataColumn<Permit, PermitSort>[] = [
  {
    id: "number",
    head: heads.number,
    sort: "number",
    cell: ({ id, permitNumber }) => (
      <Link to="/permits/$id" params={{ id: String(id) }} preload={false} className={table.name}>
        {permitNumber}
      </Link>
    ),
  },
  {
    id: "holder",
    head: heads.holder,
    sort: "holder",
    look: "wide",
    onCard: "bare",
    cell: ({ holderName, site }) => (
      <>
        <Foreign text={holderName} />
        {site ? (
          <span className={classes.site}>
            <Foreign text={site} />
          </span>
        ) : null}
      </>
    ),
  },
  { id: "type", head: heads.type, cell: ({ type }) => <Foreign text={type} /> },
  {
    id: "status",
    head: heads.status,
    sort: "status",
    onCard: "beside",
    cell: ({ status }) => <PermitStatus status={status} />,
  },
  {
    id: "validTo",
    head: heads.validTo,
    sort: "validTo",
    look: "figures",
    cell: ({ validTo }) => (validTo ? plainDate(validTo) : <Muted text={texts.permits.unset} />),
  },
  {
    id: "assignee",
    head: heads.assignee,
    sort: "assignee",
    cell: ({ assignedTo }) => (assignedTo ? <Foreign text={assignedTo.name} /> : <Muted text={texts.permits.nobody} />),
  },
];

function Muted({ text }: { text: string }) {
  return <span className={table.muted}>{text}</span>;
}
