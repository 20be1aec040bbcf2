import type { Caller } from "./caller.ts";
import type { History } from "./history.ts";
import { type Random, whole } from "./random.ts";

/**
 * Sends up to `count` events that were answered yes once more, with the same content and with other content, and says
 * what was wrong: the first must get the first answer, the second a conflict (I7).
 */
export const repeatSome = async (
  caller: Caller,
  history: History,
  random: Random,
  count: number,
): Promise<{ repeated: number; wrong: string[] }> => {
  const answered = [...history.fates].filter(([, { outcome, receipt }]) => outcome === "ok" && receipt !== undefined);
  const wrong: string[] = [];
  let repeated = 0;
  for (; repeated < Math.min(count, answered.length); repeated++) {
    const [id, fate] = answered[whole(random, 0, answered.length - 1)]!;
    const again = await caller.call("events.record", fate.event);
    if (again.outcome !== "ok") wrong.push(`${id} sent again was answered with ${again.reason}`);
    else if (JSON.stringify(again.results[0]?.receipt) !== JSON.stringify(fate.receipt)) {
      wrong.push(`${id} sent again got another receipt`);
    }
    const other = await caller.call("events.record", { ...fate.event, notes: "something else" });
    if (other.reason !== "409 id_conflict")
      wrong.push(`${id} with other content was answered ${other.reason || "yes"}`);
  }
  return { repeated, wrong };
};
