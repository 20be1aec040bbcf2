import { Link } from "@tanstack/react-router";
import type { Document, Receipt } from "../../api.ts";
import type { DataColumn } from "../../components/data-table.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { bytes, dateTime, type Zone } from "../../format.ts";
import { texts } from "../../texts.ts";
import { DocumentButtons } from "../permits/documents/document-buttons.tsx";
import { kindOfFile } from "../permits/documents/document-files.ts";
import { DocumentHash } from "../permits/documents/document-hash.tsx";
import { DocumentState } from "../permits/documents/document-state.tsx";
import classes from "./documents.module.css";
import { documentsTexts as words } from "./documents-texts.ts";

const heads = words.columns;

type Deps = {
  zone: Zone;
  maySeePermits: boolean;
  onDone: (receipt: Receipt) => void;
  onFailed: (error: unknown) => void;
};

/** What the list tells of a document, and what can be done with it there. */
export const documentColumns = ({ zone, maySeePermits, ...acts }: Deps): readonly DataColumn<Document>[] => [
  {
    id: "name",
    head: heads.name,
    look: "wide",
    cell: ({ name, kind, mediaType }) => (
      <>
        <Foreign text={name} />
        <span className={classes.kind}>
          <Foreign text={kind} /> · {kindOfFile(mediaType)}
        </span>
      </>
    ),
  },
  {
    id: "permit",
    head: heads.permit,
    cell: ({ permit }) =>
      maySeePermits ? (
        <Link to="/permits/$id" params={{ id: String(permit.id) }} preload={false}>
          {permit.permitNumber}
        </Link>
      ) : (
        permit.permitNumber
      ),
  },
  { id: "state", head: heads.state, onCard: "beside", cell: ({ state }) => <DocumentState state={state} /> },
  { id: "size", head: heads.size, look: "figures", cell: ({ size }) => bytes(size) },
  {
    id: "sha256",
    head: heads.sha256,
    cell: (document) => <DocumentHash document={document} />,
  },
  {
    id: "uploaded",
    head: heads.uploaded,
    look: "figures",
    cell: ({ uploadedAt, uploadedBy }) => (
      <span className={classes.uploaded}>
        <Foreign text={uploadedBy?.name ?? texts.product} />
        <time dateTime={uploadedAt} className={classes.time}>
          {dateTime(uploadedAt, zone)}
        </time>
      </span>
    ),
  },
  {
    id: "acts",
    head: heads.acts,
    onCard: "last",
    cell: (document) => (
      <span className={classes.acts}>
        <DocumentButtons document={document} {...acts} />
      </span>
    ),
  },
];
