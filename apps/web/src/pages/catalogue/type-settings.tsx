import { SeverityMark } from "../../events/severity-mark.tsx";
import { useMay } from "../../me.ts";
import classes from "./catalogue.module.css";
import { catalogueTexts } from "./catalogue-texts.ts";
import { defaultsOf, fieldNames, type TypeField, type TypeValues, valuesOf } from "./event-types.ts";
import { type FormProps, TypeForm } from "./type-form.tsx";

const words = catalogueTexts.page;
const names: Record<TypeField, string> = {
  enabled: catalogueTexts.columns.enabled,
  severity: catalogueTexts.columns.severity,
  approval: catalogueTexts.columns.approval,
  policy: catalogueTexts.columns.policy,
  notify: catalogueTexts.columns.notify,
};

function Shown({ field, values }: { field: TypeField; values: TypeValues }) {
  if (field === "severity") return <SeverityMark severity={values.severity} />;
  if (field === "enabled") return values.enabled ? catalogueTexts.on : catalogueTexts.off;
  if (field === "notify") return values.notify ? catalogueTexts.yes : catalogueTexts.no;
  const known = field === "approval" ? catalogueTexts.approvals : catalogueTexts.policies;
  return known[values[field]] ?? values[field];
}

/** What is set against what the catalogue has, and the form that changes it. */
export function TypeSettings({ type, inMonth, onSaved }: Pick<FormProps, "type" | "inMonth" | "onSaved">) {
  const mayConfigure = useMay("events.configure");
  const defaults = defaultsOf(type);
  const values = valuesOf(type);
  return (
    <section className={classes.panel} aria-labelledby="settings">
      <h2 id="settings" className={classes.section}>
        {words.settings}
      </h2>
      <table className={classes.compare}>
        <thead>
          <tr>
            <th scope="col">{words.setting}</th>
            {defaults ? <th scope="col">{words.default}</th> : null}
            <th scope="col">{words.set}</th>
          </tr>
        </thead>
        <tbody>
          {fieldNames.map((field) => (
            <tr key={field}>
              <th scope="row">{names[field]}</th>
              {defaults ? (
                <td>
                  <Shown field={field} values={defaults} />
                </td>
              ) : null}
              <td data-differs={(defaults !== null && defaults[field] !== values[field]) || undefined}>
                <Shown field={field} values={values} />{" "}
                {defaults !== null && defaults[field] !== values[field] ? (
                  <span className={classes.tag}>{words.differs}</span>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {type.retired ? (
        <p className={classes.muted}>{catalogueTexts.form.retired}</p>
      ) : mayConfigure ? (
        <TypeForm key={type.version} type={type} inMonth={inMonth} onSaved={onSaved} />
      ) : (
        <p className={classes.muted}>{catalogueTexts.whyNot}</p>
      )}
    </section>
  );
}
