import { VisuallyHidden } from "@mantine/core";
import { CirclePause, Radio, TriangleAlert, Unplug } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { ReasonedButton } from "../../components/reasoned-button.tsx";
import { clockTime } from "../../format.ts";
import classes from "./live.module.css";
import { isPast } from "./live-input.ts";
import type { Line } from "./live-line.ts";
import type { LiveLog } from "./live-log.ts";
import { liveTexts } from "./live-texts.ts";
import { type LogSearch, without } from "./log-search.ts";

const icons = {
  off: Radio,
  connecting: Radio,
  "catching-up": Radio,
  live: Radio,
  paused: CirclePause,
  lost: Unplug,
  refused: TriangleAlert,
} as const;

const kindOf = (line: Line, isPaused: boolean): keyof typeof icons =>
  isPaused && line.kind === "live" ? "paused" : line.kind;

export const toggledLive = (search: LogSearch): LogSearch =>
  search.live === undefined ? { ...search, live: "on" } : without(search, "live");

type Props = { live: LiveLog; search: LogSearch; onChange: (search: LogSearch) => void };

/** Switches live on and off, and says in a word how it stands. */
export function LiveButton({ live, search, onChange }: Props) {
  const { isOn, line, pause } = live;
  const reason = isPast(search, Date.now()) ? liveTexts.pastRange : null;
  const kind = isOn ? kindOf(line, pause !== null) : "off";
  const Icon = icons[kind];
  const word =
    line.kind === "lost" && kind === "lost"
      ? liveTexts.lost(clockTime(new Date(line.sinceMs).toISOString(), "local"))
      : kind === "off" || kind === "lost"
        ? null
        : liveTexts.line[kind];
  return (
    <div className={classes.live} data-kind={kind}>
      {word && kind !== "live" ? (
        <span className={classes.word} title={kind === "paused" && pause ? liveTexts.pausedBy[pause] : undefined}>
          {word}
        </span>
      ) : null}
      <ReasonedButton
        variant="default"
        className={isOn ? classes.on : undefined}
        leftSection={<Icon size={15} aria-hidden />}
        reason={reason}
        aria-pressed={isOn}
        onClick={() => onChange(toggledLive(search))}
      >
        {liveTexts.button}
      </ReasonedButton>
      <Announcer arrived={live.arrived} word={word} />
    </div>
  );
}

/** Says aloud how many came, once a second at most, and how the line stands. */
function Announcer({ arrived, word }: { arrived: number; word: string | null }) {
  const [said, setSaid] = useState({ arrived, text: "" });
  const newest = useRef(arrived);
  useEffect(() => {
    newest.current = arrived;
  }, [arrived]);
  useEffect(() => {
    const timer = setInterval(() => {
      const total = newest.current;
      setSaid((before) =>
        before.arrived === total ? before : { arrived: total, text: liveTexts.arrived(total - before.arrived) },
      );
    }, 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <VisuallyHidden role="status">
      {word} {said.text}
    </VisuallyHidden>
  );
}
