import { connect } from "@countersign/db/client";
import { StartError } from "@countersign/db/embedded/start-error";
import { createAgenda } from "./agenda.ts";
import { createCalendar } from "./calendar.ts";
import { createChance } from "./chance.ts";
import { type Office, openOffice } from "./office.ts";
import { profiles } from "./people.ts";
import { tellPermit } from "./permits.ts";
import { tellRoutine } from "./routine.ts";
import { employ } from "./staff.ts";

const dayMs = 86_400_000;
const hiredLater = "n.weiss";

export type Extent = { permits: number; days: number };
export const halfYear: Extent = { permits: 300, days: 182 };
export type Filled = { permits: number; documents: number; users: number; events: number; password: string };

/** Refuses where people already work: the story would stand among their acts for ever. */
const requireEmptyOffice = async (adminUrl: string): Promise<void> => {
  const db = connect(adminUrl, { name: "demo check", max: 1 });
  const rows = await db.sql`select exists (select from permits) or (select count(*) > 1 from users) as used`.finally(
    () => db.end(2),
  );
  if (rows[0]?.used !== true) return;
  throw new StartError(
    "This office has permits or users of its own. The demo fills only a new one; set DATA_DIR to another folder.",
  );
};

const tell = async (
  office: Office,
  { permits, days }: Extent,
  endMs: number,
  clock: { now: () => number; set: (ms: number) => void },
): Promise<string> => {
  const chance = createChance(20_261_123);
  const agenda = createAgenda();
  const calendar = createCalendar(clock.now);
  const staff = employ(office, agenda, chance, clock.now);
  const startMs = endMs - days * dayMs;
  clock.set(startMs);
  const administrator = await office.asAdministrator();
  await administrator.settings.change({ key: "display.office", value: "Permit office of Lindenau" });
  await administrator.settings.change({ key: "display.time_zone", value: "Europe/Berlin" });
  for (const { username } of profiles) if (username !== hiredLater) await staff.hire(username);
  for (let permit = 0; permit < permits; permit++) {
    // A weekend moves an application by three days at most, so the last ones come before the end.
    const at = calendar.workingMoment(startMs + dayMs + chance.next() * (endMs - startMs - 5 * dayMs));
    tellPermit({ agenda, chance, calendar, staff }, at);
  }
  tellRoutine({ office, agenda, chance, calendar, staff }, startMs, endMs);
  await agenda.run(endMs, clock.set);
  await office.store();
  return staff.password;
};

/** Fills a new office with work that ends an hour ago, telling each further percent of its time, through the product's own operations and a clock that is set. */
export const fillOffice = async (
  adminUrl: string,
  extent: Extent,
  onProgress: (percent: number) => void = () => undefined,
): Promise<Filled> => {
  await requireEmptyOffice(adminUrl);
  const endMs = Date.now() - 3_600_000;
  let time = endMs;
  const now = (): number => time;
  const office = await openOffice(adminUrl, now);
  const db = connect(adminUrl, { name: "demo count", max: 1 });
  try {
    let told = 0;
    const set = (ms: number): void => {
      time = ms;
      const percent = Math.floor(100 - ((endMs - ms) / (extent.days * dayMs)) * 100);
      if (percent <= told) return;
      told = percent;
      onProgress(percent);
    };
    const password = await tell(office, extent, endMs, { now, set });
    const [count] = await db.sql<Omit<Filled, "password">[]>`
      select (select count(*)::int from permits) as permits, (select count(*)::int from documents) as documents,
        (select count(*)::int from users) as users, (select count(*)::int from event_log) as events`;
    if (count === undefined) throw new Error("nothing could be counted");
    return { ...count, password };
  } finally {
    await Promise.all([office.close(), db.end(2)]);
  }
};
