import { samplePdf, samplePng } from "../../apps/api/src/documents/testing/sample-files.ts";
import type { Agenda } from "./agenda.ts";
import type { Calendar } from "./calendar.ts";
import type { Chance } from "./chance.ts";
import type { Caller } from "./office.ts";
import type { Username } from "./people.ts";
import type { Staff } from "./staff.ts";
import {
  cancellations,
  holders,
  notes,
  type PermitType,
  papers,
  refusals,
  rejections,
  streets,
  suspensions,
} from "./texts.ts";

const clerks: readonly Username[] = ["p.silva", "e.hansen"];
const officers: readonly Username[] = ["j.novak", "t.brandt", "l.moreau", "y.demir"];
const supervisors: readonly Username[] = ["s.okafor", "h.lindqvist"];

const minuteMs = 60_000;

/** What an act may run into, as in any office: somebody else was faster, or it is not allowed any more. */
const unlessRefused = async (act: Promise<unknown>): Promise<boolean> =>
  act.then(
    () => true,
    () => false,
  );

type Story = { agenda: Agenda; chance: Chance; calendar: Calendar; staff: Staff };

/** Lets one application take its course through the office, from the counter to its end. */
export const tellPermit = ({ agenda, chance, calendar, staff }: Story, createdMs: number): void => {
  const type = chance.one(Object.keys(papers) as PermitType[]);
  const clerk = chance.one(clerks);
  const officer = chance.one(officers);
  const supervisor = chance.one(supervisors);
  const site = `${chance.whole(1, 140)} ${chance.one(streets)}`;
  const holderName = chance.one(holders);
  const firstDay = calendar.day(createdMs + chance.whole(5, 30) * 86_400_000);
  const lastDay = calendar.day(createdMs + chance.whole(35, 330) * 86_400_000);
  const isUndated = chance.isTrue(0.06);
  let permitId = 0;

  const later = (fromMs: number, leastDays: number, mostDays: number, act: (at: number) => Promise<void>): void => {
    const at = calendar.workingMoment(fromMs + chance.whole(leastDays * 24, mostDays * 24) * 3_600_000);
    agenda.at(at, () => act(at));
  };
  const soon = (fromMs: number, act: () => Promise<void>): void =>
    agenda.at(fromMs + chance.whole(2, 90) * minuteMs, act);
  const read = async (caller: Caller): Promise<number> =>
    (await caller.trpc.permits.read.query({ permitId })).permit.version;

  const upload = async (kind: string): Promise<void> => {
    const caller = await staff.of(clerk);
    const isPhoto = /photo/i.test(kind);
    const name = `${kind.replace(/[^\w]+/g, "-").toLowerCase()}.${isPhoto ? "png" : "pdf"}`;
    const query = new URLSearchParams({ name, kind });
    const answer = await caller.send(`/api/permits/${permitId}/documents?${query}`, {
      method: "POST",
      contentType: isPhoto ? "image/png" : "application/pdf",
      body: isPhoto ? samplePng(24) : samplePdf(`${kind}: ${site}, ${holderName}`),
    });
    if (!answer.ok) throw new Error(`a document was refused: ${await answer.text()}`);
    const { document } = (await answer.json()) as { document: { id: number } };
    if (chance.isTrue(0.75)) later(calendar.now(), 1, 4, () => check(document.id));
  };

  const check = async (documentId: number): Promise<void> => {
    const caller = await staff.of(officer);
    if (chance.isTrue(0.6)) await (await caller.send(`/api/documents/${documentId}/content`)).arrayBuffer();
    const refused = chance.isTrue(0.08);
    const decision = refused
      ? { documentId, decision: "refused" as const, reason: chance.one(refusals) }
      : { documentId, decision: "accepted" as const };
    await unlessRefused(caller.trpc.documents.verify.mutate(decision));
    if (!refused || !chance.isTrue(0.5)) return;
    later(calendar.now(), 1, 2, async () => {
      const boss = await staff.of(supervisor);
      await unlessRefused(boss.trpc.documents.delete.mutate({ documentId, reason: "A better scan was handed in." }));
    });
  };

  const assign = async (to: Username): Promise<void> => {
    const boss = await staff.of(chance.isTrue(0.7) ? supervisor : officer);
    await unlessRefused(boss.trpc.permits.assign.mutate({ permitId, userId: staff.idOf(to) }));
  };

  const improve = async (): Promise<void> => {
    const caller = await staff.of(chance.isTrue(0.5) ? officer : clerk);
    const version = await read(caller);
    const change = chance.one([
      { notes: chance.one(notes) },
      { site: `${site}, rear building` },
      { holderContact: `+49 30 555 ${chance.whole(1000, 9999)}` },
    ]);
    await unlessRefused(caller.trpc.permits.update.mutate({ permitId, version, ...change }));
  };

  const decide = async (at: number): Promise<void> => {
    const caller = await staff.of(chance.isTrue(0.6) ? officer : supervisor);
    const version = await read(caller);
    const fate = chance.next();
    if (fate < 0.06) {
      await unlessRefused(caller.trpc.permits.cancel.mutate({ permitId, version, reason: chance.one(cancellations) }));
      return;
    }
    if (fate < 0.18) {
      await unlessRefused(caller.trpc.permits.reject.mutate({ permitId, version, reason: chance.one(rejections) }));
      return;
    }
    if (await unlessRefused(caller.trpc.permits.approve.mutate({ permitId, version }))) return afterApproval(at);
    // It lacked its dates: they are filled in, and the decision is made on another day.
    await unlessRefused(
      caller.trpc.permits.update.mutate({ permitId, version, validFrom: firstDay, validTo: lastDay }),
    );
    later(at, 1, 3, async (again) => {
      if (await unlessRefused(caller.trpc.permits.approve.mutate({ permitId }))) afterApproval(again);
    });
  };

  const afterApproval = (at: number): void => {
    if (chance.isTrue(0.12)) {
      later(at, 5, 40, async (when) => {
        const boss = await staff.of(officer);
        const reason = chance.one(suspensions);
        if (!(await unlessRefused(boss.trpc.permits.deactivate.mutate({ permitId, reason })))) return;
        if (!chance.isTrue(0.7)) return;
        later(when, 3, 14, async () => {
          await unlessRefused((await staff.of(supervisor)).trpc.permits.activate.mutate({ permitId }));
        });
      });
    }
    if (chance.isTrue(0.12)) {
      later(at, 20, 120, async () => {
        const caller = await staff.of(officer);
        const validTo = calendar.day(calendar.now() + chance.whole(120, 400) * 86_400_000);
        await unlessRefused(caller.trpc.permits.renew.mutate({ permitId, validTo }));
      });
    }
    if (chance.isTrue(0.03)) {
      later(at, 10, 60, async () => {
        const boss = await staff.of(supervisor);
        await unlessRefused(boss.trpc.permits.cancel.mutate({ permitId, reason: chance.one(cancellations) }));
      });
    }
  };

  agenda.at(createdMs, async () => {
    const caller = await staff.of(clerk);
    const { permit } = await caller.trpc.permits.create.mutate({
      type,
      holderName,
      site,
      ...(chance.isTrue(0.7) && { holderContact: `+49 30 555 ${chance.whole(1000, 9999)}` }),
      ...(!isUndated && { validFrom: firstDay, validTo: lastDay }),
    });
    permitId = permit.id;
    const kinds = papers[type];
    if (chance.isTrue(0.75)) for (const kind of kinds) if (chance.isTrue(0.7)) soon(createdMs, () => upload(kind));
    later(createdMs, 0, 2, () => assign(officer));
    for (let look = chance.whole(0, 3); look > 0; look--) {
      later(createdMs, 1, 20, async () => void (await read(await staff.of(officer)).catch(() => undefined)));
    }
    if (chance.isTrue(0.45)) later(createdMs, 1, 8, improve);
    if (chance.isTrue(0.12)) later(createdMs, 3, 9, () => assign(chance.one(officers)));
    if (chance.isTrue(0.04)) {
      later(createdMs, 4, 9, async () => {
        await unlessRefused((await staff.of(supervisor)).trpc.permits.unassign.mutate({ permitId }));
      });
    }
    if (chance.isTrue(0.03)) {
      later(createdMs, 0, 2, async () => {
        await unlessRefused((await staff.of(clerk)).trpc.permits.approve.mutate({ permitId }));
      });
    }
    if (chance.isTrue(0.93)) later(createdMs, 3, 14, decide);
  });
};
