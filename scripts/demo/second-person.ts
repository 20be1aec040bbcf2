import type { Agenda } from "./agenda.ts";
import type { Calendar } from "./calendar.ts";
import type { Office } from "./office.ts";
import type { Staff } from "./staff.ts";

const hourMs = 3_600_000;

type Answer = { outcome: string; request?: { id: number } | undefined };

/** Has somebody else look at what waits for a second person, some hours later, and agree or not. */
export const secondPerson = (
  { office, agenda, calendar, staff }: { office: Office; agenda: Agenda; calendar: Calendar; staff: Staff },
  hours = 3,
) => {
  // What is asked for on a Friday afternoon is decided early on Monday: a request lives for three days.
  const later = (act: () => Promise<void>) => {
    const now = calendar.now();
    agenda.at(Math.min(calendar.workingMoment(now + hours * hourMs), now + 66 * hourMs), act);
  };
  return {
    /** The first administrator agrees; `after` follows. */
    administratorAgrees: (answer: Answer, after: () => Promise<void> = async () => undefined): void => {
      const requestId = answer.request?.id;
      if (requestId === undefined) throw new Error("the act did not wait for a second person");
      later(async () => {
        const { approvals } = await office.asAdministrator();
        const { request } = await approvals.get({ requestId });
        await approvals.approve({ requestId, sha256: request.sha256, reason: "Seen and agreed." });
        await after();
      });
    },
    supervisorDecides: (answer: Answer, username: "s.okafor" | "h.lindqvist", refusal: string | null): void => {
      const requestId = answer.request?.id;
      if (requestId === undefined) throw new Error("the act did not wait for a second person");
      later(async () => {
        const { approvals } = (await staff.of(username)).trpc;
        if (refusal !== null) return void (await approvals.refuse.mutate({ requestId, reason: refusal }));
        const { request } = await approvals.get.query({ requestId });
        await approvals.approve.mutate({ requestId, sha256: request.sha256 });
      });
    },
  };
};
