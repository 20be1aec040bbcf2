import { CalendarClock, CircleDashed, Loader, TriangleAlert } from "lucide-react";
import { ago, dateTime } from "../../format.ts";
import { usePreferences } from "../../preferences.ts";
import { LightBox } from "../integrity/lamps.tsx";
import type { Light } from "../integrity/seal-lights.ts";
import { retentionTexts } from "./retention-texts.ts";
import type { Status } from "./retention-words.ts";

const words = retentionTexts.schedule;

const span = (sinceIso: string, at: string): string => ago(sinceIso, Date.parse(at)).replace(/ ago$/, "");

const lightOf = ({ at, lastRunAt, isOverdue, open }: Status): Light => {
  if (open?.state === "asked") return { tone: "open", Icon: Loader, title: words.asked, hint: words.askedHint };
  if (open) return { tone: "open", Icon: Loader, title: words.running, hint: words.runningHint };
  if (isOverdue) {
    const title = lastRunAt === null ? words.overdueNever : words.overdue(span(lastRunAt, at));
    return { tone: "bad", Icon: TriangleAlert, title, hint: words.overdueHint };
  }
  if (lastRunAt === null) return { tone: "open", Icon: CircleDashed, title: words.never, hint: "" };
  return { tone: "good", Icon: CalendarClock, title: words.last(ago(lastRunAt, Date.parse(at))), hint: "" };
};

/** Whether retention runs, when it did last and when it will. */
export function ScheduleLight({ status }: { status: Status }) {
  const { zone } = usePreferences();
  const light = lightOf(status);
  const isSoon = Date.parse(status.nextRunAt) <= Date.parse(status.at);
  const next = isSoon ? words.soon : words.next(dateTime(status.nextRunAt, zone));
  const plan = `${next} ${status.isArchived ? words.archive : words.noArchive}`;
  return (
    <LightBox label={words.label} light={light.hint === "" ? { ...light, hint: plan } : light}>
      {light.hint === "" ? null : plan}
    </LightBox>
  );
}
