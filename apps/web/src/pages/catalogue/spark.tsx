import { count, plainDate } from "../../format.ts";
import classes from "./catalogue.module.css";
import { catalogueTexts } from "./catalogue-texts.ts";

/** The day that lies `at` days after `from`, both YYYY-MM-DD. */
export const dayAt = (from: string, at: number): string =>
  new Date(Date.parse(`${from}T00:00:00Z`) + at * 86_400_000).toISOString().slice(0, 10);

/** The counts of a month in words: how many, and on which day most. */
export const monthInWords = (counts: readonly number[], from: string): string => {
  const total = counts.reduce((sum, one) => sum + one, 0);
  if (total === 0) return catalogueTexts.monthNone;
  const most = Math.max(...counts);
  const day = plainDate(dayAt(from, counts.indexOf(most)));
  return most === total
    ? catalogueTexts.monthOne(count(total), day)
    : catalogueTexts.month(count(total), count(most), day);
};

type Props = { counts: readonly number[]; from: string; height?: number };

/** A bar a day, the highest as high as the picture; days without events leave a mark on the ground. */
export function Spark({ counts, from, height = 24 }: Props) {
  const most = Math.max(...counts, 1);
  const words = monthInWords(counts, from);
  return (
    <svg
      className={classes.spark}
      viewBox={`0 0 ${counts.length * 4} ${height}`}
      height={height}
      preserveAspectRatio="none"
      role="img"
      aria-label={words}
    >
      <title>{words}</title>
      {counts.map((value, index) => {
        const tall = value === 0 ? 1 : Math.max((value / most) * (height - 1), 2);
        return (
          <rect
            key={dayAt(from, index)}
            x={index * 4}
            y={height - tall}
            width={3}
            height={tall}
            data-none={value === 0 || undefined}
          />
        );
      })}
    </svg>
  );
}
