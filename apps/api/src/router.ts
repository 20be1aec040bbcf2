import type { WaitingAct } from "./approvals/resume.ts";
import { alerts } from "./procedures/alerts.ts";
import { createApprovals } from "./procedures/approvals.ts";
import { archives } from "./procedures/archives.ts";
import { audit } from "./procedures/audit.ts";
import { auth } from "./procedures/auth.ts";
import { contract } from "./procedures/contract.ts";
import { documents } from "./procedures/documents.ts";
import { erasures } from "./procedures/erasures.ts";
import { eventTypes } from "./procedures/event-types.ts";
import { events } from "./procedures/events.ts";
import { history } from "./procedures/history.ts";
import { integrity } from "./procedures/integrity.ts";
import { keys } from "./procedures/keys.ts";
import { overview } from "./procedures/overview.ts";
import { permits } from "./procedures/permits.ts";
import { retention } from "./procedures/retention.ts";
import { roles } from "./procedures/roles.ts";
import { settings } from "./procedures/settings.ts";
import { system } from "./procedures/system.ts";
import { users } from "./procedures/users.ts";
import { views } from "./procedures/views.ts";
import { welcome } from "./procedures/welcome.ts";
import { mergeRouters, type ProcedureMeta, router } from "./trpc/init.ts";

const acts = router({
  auth,
  permits,
  documents,
  users,
  roles,
  events,
  eventTypes,
  audit,
  overview,
  views,
  alerts,
  contract,
  history,
  integrity,
  retention,
  erasures,
  archives,
  settings,
  keys,
  system,
  welcome,
});

/** How an operation that can wait for a second person is done later. */
export const waitingAct = (name: string): WaitingAct | undefined =>
  (acts._def.procedures as unknown as Record<string, { _def: { meta?: ProcedureMeta } }>)[name]?._def.meta?.waiting;

/** The table of contents: everything that can be asked of the API. */
export const appRouter = mergeRouters(acts, router({ approvals: createApprovals(waitingAct) }));

export type AppRouter = typeof appRouter;
