import type { AlertSearch } from "../alerts/alert-search.ts";
import type { ApprovalRequest } from "./requests.ts";

type Path = { to: string; hash?: string; search?: AlertSearch };

const paths: Readonly<Record<string, (id: string) => Path>> = {
  permit: (id) => ({ to: `/permits/${id}` }),
  user: (id) => ({ to: `/users/${id}` }),
  role: (id) => ({ to: `/roles/${id}` }),
  alert_rule: (id) => ({ to: "/alerts", search: { tab: "rules", rule: Number(id) } }),
  channel: () => ({ to: "/alerts", search: { tab: "channels" } }),
  system_config: (id) =>
    id.startsWith("event_type:") ? { to: `/events/${id.slice("event_type:".length)}` } : { to: "/settings", hash: id },
};

/** The page of what a request is about; null when it has none, or is gone by what was asked for. */
export const objectPath = ({
  object,
  state,
  event,
}: Pick<ApprovalRequest, "object" | "state" | "event">): Path | null => {
  if (object === null || (state === "approved" && event.endsWith("_delete"))) return null;
  return Object.hasOwn(paths, object.type) ? (paths[object.type]?.(object.id) ?? null) : null;
};
