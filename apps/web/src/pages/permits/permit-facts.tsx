import type { ReactNode } from "react";
import type { Permit } from "../../api.ts";
import { Foreign } from "../../components/foreign.tsx";
import { dateTime, plainDate } from "../../format.ts";
import { usePreferences } from "../../preferences.ts";
import { texts } from "../../texts.ts";
import classes from "./permit.module.css";
import { PermitStatus } from "./permit-status.tsx";

const words = texts.permit;

/** What the register says of a permit now. */
export function PermitFacts({ permit }: { permit: Permit }) {
  const { zone } = usePreferences();
  const by = (who: { name: string } | null, at: string) => words.byAt(who?.name ?? texts.product, dateTime(at, zone));
  return (
    <section className={classes.panel} aria-labelledby="facts">
      <h2 id="facts" className={classes.section}>
        {words.facts}
      </h2>
      <dl className={classes.facts}>
        <Fact name={words.holderName}>
          <Foreign text={permit.holderName} />
        </Fact>
        <Fact name={words.holderContact}>{permit.holderContact ? <Foreign text={permit.holderContact} /> : null}</Fact>
        <Fact name={words.site}>{permit.site ? <Foreign text={permit.site} /> : null}</Fact>
        <Fact name={words.type}>
          <Foreign text={permit.type} />
        </Fact>
        <Fact name={words.status}>
          <PermitStatus status={permit.status} />
        </Fact>
        <Fact name={words.validFrom}>{permit.validFrom ? plainDate(permit.validFrom) : null}</Fact>
        <Fact name={words.validTo}>{permit.validTo ? plainDate(permit.validTo) : null}</Fact>
        <Fact name={words.assignedTo}>
          {permit.assignedTo ? (
            <>
              <Foreign text={permit.assignedTo.name} />
              {permit.assignedAt ? (
                <div className={classes.muted}>
                  <Foreign
                    text={words.assignedSince(
                      dateTime(permit.assignedAt, zone),
                      permit.assignedBy?.name ?? texts.product,
                    )}
                  />
                </div>
              ) : null}
            </>
          ) : (
            <span className={classes.muted}>{texts.permits.nobody}</span>
          )}
        </Fact>
        <Fact name={words.notes}>
          {permit.notes ? (
            <span className={classes.notes}>
              <Foreign text={permit.notes} />
            </span>
          ) : null}
        </Fact>
        <Fact name={words.created}>
          <Foreign text={by(permit.createdBy, permit.createdAt)} />
        </Fact>
        <Fact name={words.updated}>
          <Foreign text={by(permit.updatedBy, permit.updatedAt)} />
        </Fact>
      </dl>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{children ?? <span className={classes.muted}>{texts.permits.unset}</span>}</dd>
    </div>
  );
}
