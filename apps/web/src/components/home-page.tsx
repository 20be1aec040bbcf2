import { lazyRouteComponent, Navigate } from "@tanstack/react-router";
import { Suspense } from "react";
import { useFirstSteps } from "../first-steps.ts";
import { useMe } from "../me.ts";
import { usePreferences } from "../preferences.ts";
import { navFor } from "./nav.ts";

const OverviewPage = lazyRouteComponent(() => import("../pages/overview/overview-page.tsx"), "OverviewPage");

/** The overview for whoever may read the log, after the first steps of a new office; everybody else is led to the first page they may see, or to themselves. */
export function HomePage() {
  const me = useMe();
  const steps = useFirstSteps();
  const { firstSteps } = usePreferences();
  // What failed once is asked for again by the card that shows it: waiting for that here would take the page from under the card.
  if (me === undefined || (!steps.isFetched && steps.fetchStatus === "fetching")) return null;
  if (steps.data?.isNew && firstSteps === "open") return <Navigate to="/welcome" replace />;
  const first = navFor(me.features)[0]?.pages[0]?.to ?? "/profile";
  if (first !== "/") return <Navigate to={first} replace />;
  return (
    <Suspense>
      <OverviewPage />
    </Suspense>
  );
}
