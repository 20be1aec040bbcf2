import { Link } from "@tanstack/react-router";
import { bytes, count } from "../../format.ts";
import { useMay } from "../../me.ts";
import classes from "./retention.module.css";
import { retentionTexts } from "./retention-texts.ts";
import { monthName, period, policyName, type Status } from "./retention-words.ts";

const words = retentionTexts.policies;

/** One line a policy: for how long it keeps, what it holds and what there will be in a year. */
export function PoliciesPanel({ policies }: { policies: Status["policies"] }) {
  const mayChange = useMay("system.config");
  return (
    <section className={classes.panel} aria-labelledby="retention-policies">
      <div className={classes.heading}>
        <h2 id="retention-policies" className={classes.section}>
          {words.title}
        </h2>
        {mayChange ? (
          <Link to="/settings" search={{ area: "retention" }} className={classes.link}>
            {words.change}
          </Link>
        ) : null}
      </div>
      <p className={classes.muted}>{words.hint}</p>
      <table className={classes.table} aria-labelledby="retention-policies">
        <thead>
          <tr>
            <th scope="col">{words.policy}</th>
            <th scope="col">{words.kept}</th>
            <th scope="col">{words.oldest}</th>
            <th scope="col" data-figures>
              {words.events}
            </th>
            <th scope="col" data-figures>
              {words.size}
            </th>
            <th scope="col" data-figures>
              {words.growth}
            </th>
            <th scope="col" data-figures>
              {words.forecast}
            </th>
          </tr>
        </thead>
        <tbody>
          {policies.map((policy) => (
            <tr key={policy.policy}>
              <th scope="row">{policyName(policy.policy)}</th>
              <td data-label={words.kept}>{policy.days === null ? words.forever : period(policy.days)}</td>
              <td data-label={words.oldest}>
                {policy.oldestMonth === null ? words.nothing : monthName(policy.oldestMonth)}
              </td>
              <td data-label={words.events} data-figures>
                {count(policy.rows)}
              </td>
              <td data-label={words.size} data-figures>
                {bytes(policy.bytes)}
              </td>
              <td data-label={words.growth} data-figures>
                {bytes(Math.round(policy.growthBytes))}
              </td>
              <td data-label={words.forecast} data-figures>
                {words.about(bytes(Math.round(policy.forecastBytes)))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
