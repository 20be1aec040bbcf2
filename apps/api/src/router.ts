import { alerts } from "./procedures/alerts.ts";
import { audit } from "./procedures/audit.ts";
import { auth } from "./procedures/auth.ts";
import { contract } from "./procedures/contract.ts";
import { documents } from "./procedures/documents.ts";
import { eventTypes } from "./procedures/event-types.ts";
import { events } from "./procedures/events.ts";
import { history } from "./procedures/history.ts";
import { integrity } from "./procedures/integrity.ts";
import { keys } from "./procedures/keys.ts";
import { overview } from "./procedures/overview.ts";
import { permits } from "./procedures/permits.ts";
import { roles } from "./procedures/roles.ts";
import { settings } from "./procedures/settings.ts";
import { system } from "./procedures/system.ts";
import { users } from "./procedures/users.ts";
import { views } from "./procedures/views.ts";
import { welcome } from "./procedures/welcome.ts";
import { router } from "./trpc/init.ts";

/** The table of contents: everything that can be asked of the API. */
export const appRouter = router({
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
  settings,
  keys,
  system,
  welcome,
});

export type AppRouter = typeof appRouter;
