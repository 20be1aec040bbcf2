import { Navigate } from "@tanstack/react-router";
import { useMay } from "../me.ts";

/** Leads to the first page that the one who is signed in may see. */
export function HomePage() {
  const mayReadLog = useMay("audit.read");
  return <Navigate to={mayReadLog ? "/log" : "/permits"} replace />;
}
