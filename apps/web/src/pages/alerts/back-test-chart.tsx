import { UnstyledButton } from "@mantine/core";
import { useState } from "react";
import type { BackTest } from "../../api.ts";
import { count, plainDate } from "../../format.ts";
import classes from "./alerts.module.css";
import { alertsTexts } from "./alerts-texts.ts";

const words = alertsTexts.test;
const height = 72;

/** Messages by day, sent and held back; the same as a table. */
export function BackTestChart({ test: { byDay, days } }: { test: BackTest }) {
  const [isTable, setTable] = useState(false);
  const most = Math.max(1, ...byDay.map(({ messages }) => messages));
  const width = 100 / byDay.length;
  const scale = (value: number) => (value / most) * (height - 4);
  return (
    <figure className={classes.chart}>
      <figcaption>
        {words.chart(days)}
        <UnstyledButton className={classes.twin} onClick={() => setTable(!isTable)} aria-expanded={isTable}>
          {isTable ? words.asChart : words.asTable}
        </UnstyledButton>
      </figcaption>
      {isTable ? (
        <div className={classes.chartTable}>
          <table className={classes.days}>
            <thead>
              <tr>
                <th scope="col">{words.day}</th>
                <th scope="col">{words.sent}</th>
                <th scope="col">{words.heldBack}</th>
                <th scope="col">{words.events}</th>
              </tr>
            </thead>
            <tbody>
              {byDay.map(({ day, messages, held, events }) => (
                <tr key={day}>
                  <th scope="row">{plainDate(day)}</th>
                  <td>{count(messages - held)}</td>
                  <td>{count(held)}</td>
                  <td>{count(events)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <>
          <svg
            className={classes.bars}
            viewBox={`0 0 100 ${height}`}
            preserveAspectRatio="none"
            role="img"
            aria-label={words.chart(days)}
          >
            {byDay.map(({ day, messages, held }, at) => (
              <g key={day}>
                <title>{`${plainDate(day)}: ${count(messages)}`}</title>
                <rect
                  className={classes.sentBar}
                  x={at * width + width * 0.1}
                  width={width * 0.8}
                  y={height - scale(messages)}
                  height={scale(messages - held)}
                />
                <rect
                  className={classes.heldBar}
                  x={at * width + width * 0.1}
                  width={width * 0.8}
                  y={height - scale(held)}
                  height={scale(held)}
                />
              </g>
            ))}
          </svg>
          <p className={classes.axis} aria-hidden>
            <span>{plainDate(byDay[0]?.day ?? "1970-01-01")}</span>
            <span>{plainDate(byDay.at(-1)?.day ?? "1970-01-01")}</span>
          </p>
        </>
      )}
    </figure>
  );
}
