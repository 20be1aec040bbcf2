import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  type SearchSchemaInput,
} from "@tanstack/react-router";
import { CrashPage } from "./components/crash-page.tsx";
import { HomePage } from "./components/home-page.tsx";
import { NotFoundPage } from "./components/not-found-page.tsx";
import { parseAlertSearch } from "./pages/alerts/alert-search.ts";
import { parseApprovalsSearch } from "./pages/approvals/approvals-search.ts";
import { parseCatalogueSearch } from "./pages/catalogue/catalogue-search.ts";
import { parseDocumentSearch } from "./pages/documents/document-search.ts";
import { parseHistorySearch } from "./pages/history/history-search.ts";
import { type LogAddress, parseLogSearch } from "./pages/log/log-search.ts";
import { parsePermitSearch } from "./pages/permits/permit-search.ts";
import { parseRetentionSearch, type RetentionSearch } from "./pages/retention/run-search.ts";
import { parseSettingsSearch } from "./pages/settings/settings-search.ts";
import { Gate } from "./pages/sign-in/gate.tsx";
import { parseUserPageSearch, parseUserSearch } from "./pages/users/user-search.ts";
import { parseSearch, stringifySearch } from "./search-params.ts";

const root = createRootRoute({ notFoundComponent: NotFoundPage });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (raw: Record<string, unknown>): { to?: string } => (typeof raw.to === "string" ? { to: raw.to } : {}),
  component: lazyRouteComponent(() => import("./pages/sign-in/sign-in-page.tsx"), "SignInPage"),
});

/** Everything behind a sign-in. */
const app = createRoute({ getParentRoute: () => root, id: "app", component: Gate });

const leadOn = (path: string, to: "/log" | "/events") =>
  createRoute({
    getParentRoute: () => root,
    path,
    beforeLoad: () => {
      throw redirect({ to, replace: true });
    },
  });

const home = createRoute({ getParentRoute: () => app, path: "/", component: HomePage });

const log = createRoute({
  getParentRoute: () => app,
  path: "/log",
  validateSearch: (raw: LogAddress & SearchSchemaInput) => parseLogSearch(raw),
  component: lazyRouteComponent(() => import("./pages/log/log-page.tsx"), "LogPage"),
});

const alerts = createRoute({
  getParentRoute: () => app,
  path: "/alerts",
  validateSearch: parseAlertSearch,
  component: lazyRouteComponent(() => import("./pages/alerts/alerts-page.tsx"), "AlertsPage"),
});

const permits = createRoute({
  getParentRoute: () => app,
  path: "/permits",
  validateSearch: parsePermitSearch,
  component: lazyRouteComponent(() => import("./pages/permits/permits-page.tsx"), "PermitsPage"),
});

const newPermit = createRoute({
  getParentRoute: () => app,
  path: "/permits/new",
  component: lazyRouteComponent(() => import("./pages/permits/new-permit-page.tsx"), "NewPermitPage"),
});

const permit = createRoute({
  getParentRoute: () => app,
  path: "/permits/$id",
  component: lazyRouteComponent(() => import("./pages/permits/permit-page.tsx"), "PermitPage"),
});

const editPermit = createRoute({
  getParentRoute: () => app,
  path: "/permits/$id/edit",
  component: lazyRouteComponent(() => import("./pages/permits/edit-permit-page.tsx"), "EditPermitPage"),
});

const history = createRoute({
  getParentRoute: () => app,
  path: "/history/$type/$id",
  validateSearch: parseHistorySearch,
  component: lazyRouteComponent(() => import("./pages/history/history-page.tsx"), "HistoryPage"),
});

const documents = createRoute({
  getParentRoute: () => app,
  path: "/documents",
  validateSearch: parseDocumentSearch,
  component: lazyRouteComponent(() => import("./pages/documents/documents-page.tsx"), "DocumentsPage"),
});

const approvals = createRoute({
  getParentRoute: () => app,
  path: "/approvals",
  validateSearch: parseApprovalsSearch,
  component: lazyRouteComponent(() => import("./pages/approvals/approvals-page.tsx"), "ApprovalsPage"),
});

const users = createRoute({
  getParentRoute: () => app,
  path: "/users",
  validateSearch: parseUserSearch,
  component: lazyRouteComponent(() => import("./pages/users/users-page.tsx"), "UsersPage"),
});

const user = createRoute({
  getParentRoute: () => app,
  path: "/users/$id",
  validateSearch: parseUserPageSearch,
  component: lazyRouteComponent(() => import("./pages/users/user-page.tsx"), "UserPage"),
});

const keys = createRoute({
  getParentRoute: () => app,
  path: "/keys",
  component: lazyRouteComponent(() => import("./pages/keys/keys-page.tsx"), "KeysPage"),
});

const roles = createRoute({
  getParentRoute: () => app,
  path: "/roles",
  component: lazyRouteComponent(() => import("./pages/roles/roles-page.tsx"), "RolesPage"),
});

const role = createRoute({
  getParentRoute: () => app,
  path: "/roles/$id",
  component: lazyRouteComponent(() => import("./pages/roles/role-page.tsx"), "RolePage"),
});

const catalogue = createRoute({
  getParentRoute: () => app,
  path: "/events",
  validateSearch: parseCatalogueSearch,
  component: lazyRouteComponent(() => import("./pages/catalogue/catalogue-page.tsx"), "CataloguePage"),
});

const catalogueType = createRoute({
  getParentRoute: () => app,
  path: "/events/$code",
  component: lazyRouteComponent(() => import("./pages/catalogue/event-type-page.tsx"), "EventTypePage"),
});

const integrity = createRoute({
  getParentRoute: () => app,
  path: "/integrity",
  component: lazyRouteComponent(() => import("./pages/integrity/integrity-page.tsx"), "IntegrityPage"),
});

const retention = createRoute({
  getParentRoute: () => app,
  path: "/retention",
  validateSearch: (raw: RetentionSearch & SearchSchemaInput) => parseRetentionSearch(raw),
  component: lazyRouteComponent(() => import("./pages/retention/retention-page.tsx"), "RetentionPage"),
});

const welcome = createRoute({
  getParentRoute: () => app,
  path: "/welcome",
  component: lazyRouteComponent(() => import("./pages/welcome/welcome-page.tsx"), "WelcomePage"),
});

const erasure = createRoute({
  getParentRoute: () => app,
  path: "/retention/erasure",
  component: lazyRouteComponent(() => import("./pages/retention/erasure-page.tsx"), "ErasurePage"),
});

const settings = createRoute({
  getParentRoute: () => app,
  path: "/settings",
  validateSearch: parseSettingsSearch,
  component: lazyRouteComponent(() => import("./pages/settings/settings-page.tsx"), "SettingsPage"),
});

const profile = createRoute({
  getParentRoute: () => app,
  path: "/profile",
  component: lazyRouteComponent(() => import("./pages/profile/profile-page.tsx"), "ProfilePage"),
});

const password = createRoute({
  getParentRoute: () => app,
  path: "/password",
  component: lazyRouteComponent(() => import("./pages/password/password-page.tsx"), "PasswordPage"),
});

const routeTree = root.addChildren([
  signIn,
  leadOn("/admin/permits/event", "/events"),
  leadOn("/admin/permits/eventlog", "/log"),
  app.addChildren([
    home,
    log,
    alerts,
    permits,
    newPermit,
    permit,
    editPermit,
    documents,
    approvals,
    users,
    user,
    keys,
    history,
    roles,
    role,
    catalogue,
    catalogueType,
    integrity,
    erasure,
    retention,
    settings,
    welcome,
    profile,
    password,
  ]),
]);

export const createAppRouter = () =>
  createRouter({
    routeTree,
    parseSearch,
    stringifySearch,
    defaultErrorComponent: CrashPage,
    defaultNotFoundComponent: NotFoundPage,
    defaultPreload: "intent",
    scrollRestoration: true,
  });

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
