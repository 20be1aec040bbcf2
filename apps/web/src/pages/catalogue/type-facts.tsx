import { objectTypes } from "@countersign/audit/catalogue";
import type { ReactNode } from "react";
import { Foreign } from "../../components/foreign.tsx";
import { StatusMark } from "../../events/status-mark.tsx";
import { texts } from "../../texts.ts";
import classes from "./catalogue.module.css";
import { catalogueTexts } from "./catalogue-texts.ts";
import { type EventTypeEntry, groupTitle } from "./event-types.ts";
import { fieldsOf, sampleSentences } from "./sample-sentence.ts";
import { useHolders, WhoMay } from "./who-may.tsx";

const words = catalogueTexts.page;

const typeWord = (type: string | null): string => {
  if (type === null) return words.none;
  return type === "any" ? words.any : ((objectTypes as Readonly<Record<string, string>>)[type] ?? type);
};

/** What the catalogue says of a type, which nobody sets. */
export function TypeFacts({ type }: { type: EventTypeEntry }) {
  const holders = useHolders();
  const { catalogue } = type;
  const feature = catalogue?.feature ?? null;
  return (
    <section className={classes.panel} aria-labelledby="facts">
      <h2 id="facts" className={classes.section}>
        {words.facts}
      </h2>
      <dl className={classes.facts}>
        <Fact name={words.code}>
          <code>{type.code}</code>
        </Fact>
        <Fact name={words.id}>{type.id}</Fact>
        <Fact name={words.group}>{groupTitle(type.category)}</Fact>
        {catalogue ? (
          <>
            <Fact name={words.feature}>{feature === null ? catalogueTexts.noRight : <code>{feature}</code>}</Fact>
            {feature !== null && holders ? (
              <Fact name={words.who}>
                <WhoMay feature={feature} holders={holders} most={20} />
              </Fact>
            ) : null}
            <Fact name={words.object}>{typeWord(catalogue.objectType)}</Fact>
            <Fact name={words.target}>{typeWord(catalogue.targetType)}</Fact>
            <Fact name={texts.permit.reason}>{words.reasons[catalogue.reason]}</Fact>
            <Fact name={words.repeats}>
              {catalogue.collapseSeconds > 0 ? words.collapsed(catalogue.collapseSeconds) : words.kept}
            </Fact>
          </>
        ) : null}
      </dl>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The sentence of a type with made-up names, in each outcome, and the template behind it. */
export function TypeSentence({ type }: { type: EventTypeEntry }) {
  const samples = sampleSentences(type.code);
  const template = type.catalogue?.sentence;
  if (template === undefined) return null;
  return (
    <section className={classes.panel} aria-labelledby="sentence">
      <div className={classes.panelHead}>
        <h2 id="sentence" className={classes.section}>
          {words.sentence}
        </h2>
        <span className={classes.muted}>{words.sentenceHint}</span>
      </div>
      <ul className={classes.samples}>
        {samples.map(({ status, text }) => (
          <li key={status}>
            <Foreign text={text} />
            <StatusMark status={status} />
          </li>
        ))}
      </ul>
      <dl className={classes.facts}>
        <Fact name={words.template}>
          <code>{template}</code>
        </Fact>
        <Fact name={words.fields}>
          {fieldsOf(template)
            .map(({ name, isOptional }) => (isOptional ? `${name} (${texts.permit.optional})` : name))
            .join(", ")}
        </Fact>
      </dl>
    </section>
  );
}
