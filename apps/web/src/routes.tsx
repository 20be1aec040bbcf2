import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { CrashPage } from "./components/crash-page.tsx";
import { HomePage } from "./components/home-page.tsx";
import { NotFoundPage } from "./components/not-found-page.tsx";
import { parseLogSearch } from "./pages/log/log-search.ts";
import { parsePermitSearch } from "./pages/permits/permit-search.ts";
import { Gate } from "./pages/sign-in/gate.tsx";
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

const toLog = (path: string) =>
  createRoute({
    getParentRoute: () => root,
    path,
    beforeLoad: () => {
      throw redirect({ to: "/log", replace: true });
    },
  });

const home = createRoute({ getParentRoute: () => app, path: "/", component: HomePage });

const log = createRoute({
  getParentRoute: () => app,
  path: "/log",
  validateSearch: parseLogSearch,
  component: lazyRouteComponent(() => import("./pages/log/log-page.tsx"), "LogPage"),
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

const integrity = createRoute({
  getParentRoute: () => app,
  path: "/integrity",
  component: lazyRouteComponent(() => import("./pages/integrity/integrity-page.tsx"), "IntegrityPage"),
});

const welcome = createRoute({
  getParentRoute: () => app,
  path: "/welcome",
  component: lazyRouteComponent(() => import("./pages/welcome/welcome-page.tsx"), "WelcomePage"),
});

const password = createRoute({
  getParentRoute: () => app,
  path: "/password",
  component: lazyRouteComponent(() => import("./pages/password/password-page.tsx"), "PasswordPage"),
});

const routeTree = root.addChildren([
  signIn,
  toLog("/admin/permits/event"),
  toLog("/admin/permits/eventlog"),
  app.addChildren([home, log, permits, newPermit, permit, editPermit, integrity, welcome, password]),
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
