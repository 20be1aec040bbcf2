import { basisSentence } from "@countersign/audit/erasure-bases";
import { Link } from "@tanstack/react-router";
import type { inferOutput } from "@trpc/tanstack-react-query";
import type { Api } from "../../api.ts";
import { Foreign } from "../../components/foreign.tsx";
import { dateTime, type Zone } from "../../format.ts";
import { drawerTexts } from "./drawer-texts.ts";
import classes from "./event-drawer.module.css";

type Erasure = inferOutput<Api["audit"]["get"]>["erasure"];

/** Under which erasure the personal parts of an event went; without one, that they did. */
export function ErasedUnder({ erasure, zone }: { erasure: Erasure | undefined; zone: Zone }) {
  if (!erasure) return <p className={classes.none}>{drawerTexts.erased}</p>;
  const { basis, requestedAt, eventId } = erasure;
  return (
    <p className={classes.none}>
      {drawerTexts.erasedOn(dateTime(requestedAt, zone))}{" "}
      <Foreign text={drawerTexts.erasedBasis(basisSentence(basis))} />
      {eventId === null ? null : (
        <>
          {" "}
          <Link to="/log" search={{ event: eventId }}>
            {drawerTexts.erasedManifest}
          </Link>
        </>
      )}
    </p>
  );
}
