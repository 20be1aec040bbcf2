import { UnstyledButton } from "@mantine/core";
import figures from "../../components/figures-table.module.css";
import { count, type Zone } from "../../format.ts";
import { texts } from "../../texts.ts";
import classes from "./histogram.module.css";
import { type Histogram, spanWords, stacked, totalOf, histogramTexts as words } from "./histogram-words.ts";

type Props = { data: Histogram; zone: Zone; onRange: (from: string, to: string) => void };

/** The same counts in figures, newest first; times without any are left out. */
export function HistogramTable({ data, zone, onRange }: Props) {
  const bars = data.bars.filter((bar) => totalOf(bar) > 0).reverse();
  const shown = [...stacked].reverse();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached with the keyboard
    <section className={classes.tableBox} aria-label={words.label} tabIndex={0}>
      <table className={`${figures.table} ${figures.counts} ${classes.table}`}>
        <thead>
          <tr>
            <th scope="col">{words.span}</th>
            <th scope="col">{words.total}</th>
            {shown.map((severity) => (
              <th key={severity} scope="col">
                {texts.severity[severity]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {bars.map((bar) => {
            const span = spanWords(bar.from, bar.to, data.basis, zone);
            return (
              <tr key={bar.from}>
                <th scope="row">
                  <UnstyledButton
                    className={classes.turn}
                    aria-label={words.only(span)}
                    onClick={() => onRange(bar.from, bar.to)}
                  >
                    {span}
                  </UnstyledButton>
                </th>
                <td>{count(totalOf(bar))}</td>
                {shown.map((severity) => (
                  <td key={severity}>{count(bar.counts[severity] ?? 0)}</td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
      {bars.length === 0 ? <p>{words.none}</p> : null}
    </section>
  );
}
