import { lazyRouteComponent, Navigate } from "@tanstack/react-router";
import { Suspense } from "react";
import { useMe } from "../me.ts";
import { navFor } from "./nav.ts";

const OverviewPage = lazyRouteComponent(() => import("../pages/overview/overview-page.tsx"), "OverviewPage");

/** The overview for whoever may read the log; everybody else is led to the first page they may see. */
export function HomePage() {
  const me = useMe();
  if (me === undefined) return null;
  const first = navFor(me.features)[0]?.pages[0]?.to ?? "/permits";
  if (first !== "/") return <Navigate to={first} replace />;
  return (
    <Suspense>
      <OverviewPage />
    </Suspense>
  );
}
