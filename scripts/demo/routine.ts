import { doneOf } from "../../apps/api/src/approvals/done-of.ts";
import type { Agenda } from "./agenda.ts";
import type { Calendar } from "./calendar.ts";
import type { Chance } from "./chance.ts";
import type { Office } from "./office.ts";
import { secondPerson } from "./second-person.ts";
import type { Staff } from "./staff.ts";

const dayMs = 86_400_000;

type Story = { office: Office; agenda: Agenda; chance: Chance; calendar: Calendar; staff: Staff };

/** What happens beside the permits: the auditor looks, exports leave, people come and go, settings move. */
export const tellRoutine = (
  { office, agenda, chance, calendar, staff }: Story,
  startMs: number,
  endMs: number,
): void => {
  const at = (day: number, hour: number, act: () => Promise<void>): void => {
    agenda.at(calendar.workingMoment(startMs + day * dayMs) + hour * 600_000, act);
  };
  const second = secondPerson({ office, agenda, calendar, staff });
  const days = Math.floor((endMs - startMs) / dayMs);

  for (let day = 1; day < days; day++) {
    agenda.at(startMs - (startMs % dayMs) + day * dayMs + 120_000, async () => {
      await office.expire();
      await office.store();
    });
  }
  for (let day = 2; day < days; day += chance.whole(2, 4)) {
    at(day, 3, async () => {
      const auditor = await staff.of("a.rossi");
      await auditor.trpc.audit.list.query({ days: 7, statuses: chance.isTrue(0.5) ? ["denied", "failed"] : undefined });
      if (!chance.isTrue(0.4)) return;
      const objectId = String(chance.whole(1, 120));
      await auditor.trpc.audit.objectHistory.query({ objectType: "permit", objectId });
    });
  }
  for (let day = 20; day < days; day += 30) {
    at(day, 5, async () => {
      const boss = await staff.of(chance.one(["s.okafor", "h.lindqvist"]));
      const format = chance.isTrue(0.7) ? "csv" : "ndjson";
      const answer = await boss.send(`/api/permits/export?format=${format}&status=active`);
      await answer.arrayBuffer();
    });
  }

  at(15, 2, async () => {
    const chief = await staff.of("m.keller");
    await chief.trpc.settings.change.mutate({
      key: "permit.renew_grace_days",
      value: 60,
      reason: "Agreed with the council.",
    });
  });
  at(33, 2, async () => {
    const chief = await staff.of("m.keller");
    const { role } = doneOf(
      await chief.trpc.roles.create.mutate({
        name: "Counter",
        description: "Reads permits at the counter and enters applications.",
        features: ["permits.read", "permits.create"],
      }),
    );
    await chief.trpc.roles.assignFeature.mutate({ roleId: role.id, feature: "documents.read" });
    await chief.trpc.roles.assignUser.mutate({ roleId: role.id, userId: staff.idOf("p.silva") });
    agenda.at(calendar.workingMoment(calendar.now() + 40 * dayMs), async () => {
      const again = await staff.of("m.keller");
      await again.trpc.roles.revokeUser.mutate({ roleId: role.id, userId: staff.idOf("p.silva") });
      await again.trpc.roles.revokeFeature.mutate({ roleId: role.id, feature: "documents.read" });
      await again.trpc.roles.update.mutate({ roleId: role.id, version: 3, name: "Counter (summer)" });
    });
  });
  at(47, 4, async () => {
    const chief = await staff.of("m.keller");
    await chief.trpc.eventTypes.update.mutate({
      code: "permit_cancel",
      severity: "critical",
      reason: "After the audit.",
    });
  });
  at(58, 1, () => staff.hire("n.weiss"));
  at(61, 6, async () => {
    const clerk = await staff.of("n.weiss");
    await clerk.trpc.permits.list.query({ status: "pending" });
    await clerk.trpc.permits.read.query({ permitId: chance.whole(1, 60) }).catch(() => undefined);
  });
  at(97, 3, async () => {
    const chief = await staff.of("m.keller");
    const userId = staff.idOf("n.weiss");
    await chief.trpc.users.deactivate.mutate({ userId, reason: "Parental leave." });
    agenda.at(calendar.workingMoment(calendar.now() + 45 * dayMs), async () => {
      const again = await staff.of("m.keller");
      await again.trpc.users.activate.mutate({ userId, reason: "Back from leave." });
    });
  });
  at(110, 2, async () => {
    const chief = await staff.of("m.keller");
    await chief.trpc.users.update
      .mutate({ userId: staff.idOf("y.demir"), version: 2, name: "Yasemin Demir-Koch" })
      .catch(() => undefined);
  });
  // A night in which somebody far away tried names and passwords.
  agenda.at(startMs - (startMs % dayMs) + 71 * dayMs + 2.4 * 3_600_000, async () => {
    const stranger = office.from("203.0.113.66", "python-requests/2.32");
    for (const username of ["admin", "root", "m.keller", "office", "admin", "s.okafor", "test", "backup"]) {
      const guess = stranger.trpc.auth.signIn.mutate({ username, password: `Summer${chance.whole(1000, 9999)}!` });
      await guess.catch(() => undefined);
    }
  });
  at(128, 4, async () => {
    const clerk = await staff.of("p.silva");
    const twice = { type: "signage", holderName: "Sunrise Bakery", site: "4 Bridge Street" };
    const { permit } = await clerk.trpc.permits.create.mutate(twice);
    agenda.at(calendar.workingMoment(calendar.now() + dayMs), async () => {
      const boss = await staff.of("s.okafor");
      const reason = "Entered twice at the counter.";
      const asked = await boss.trpc.permits.delete.mutate({ permitId: permit.id, reason });
      second.supervisorDecides(asked, "h.lindqvist", null);
    });
  });
  at(135, 2, async () => {
    const chief = await staff.of("m.keller");
    const { user } = await chief.trpc.users.create.mutate({ username: "trainee", name: "Trainee account" });
    agenda.at(calendar.workingMoment(calendar.now() + 20 * dayMs), async () => {
      const again = await staff.of("m.keller");
      second.administratorAgrees(
        await again.trpc.users.delete.mutate({ userId: user.id, reason: "The training is over." }),
      );
      const { items } = await again.trpc.roles.list.query({ search: "Counter", limit: 10 });
      for (const { id } of items) {
        const reason = "The counter closed for the winter.";
        second.administratorAgrees(await again.trpc.roles.delete.mutate({ roleId: id, reason }));
      }
    });
  });
  at(140, 5, async () => {
    const boss = await staff.of("h.lindqvist");
    const { permit } = await boss.trpc.permits.create.mutate({ type: "event", holderName: "Harbour Choir" });
    const reason = "The applicant rang and wants it gone.";
    const asked = await boss.trpc.permits.delete.mutate({ permitId: permit.id, reason });
    second.supervisorDecides(asked, "s.okafor", "An application that was handed in is cancelled, not deleted.");
  });
  // Two that nobody has decided when the story ends.
  agenda.at(endMs - 5 * 3_600_000, async () => {
    const chief = await staff.of("m.keller");
    const reason = "The council asks for eight years, and the archive holds the rest.";
    await chief.trpc.settings.change.mutate({ key: "retention.change", value: 2200, reason });
  });
  agenda.at(endMs - 3 * 3_600_000, async () => {
    const boss = await staff.of("s.okafor");
    const { permit } = await boss.trpc.permits.create.mutate({ type: "signage", holderName: "Sunrise Bakery" });
    await boss.trpc.permits.delete.mutate({ permitId: permit.id, reason: "Entered twice, again at the counter." });
  });
};
