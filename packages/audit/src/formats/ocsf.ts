import type { Severity } from "../event-type.ts";
import { sentenceText } from "../sentence.ts";
import type { LoggedEvent } from "./logged-event.ts";
import { activityOf, classes } from "./ocsf-classes.ts";

const version = "1.6.0";

const severities: Record<Severity, { severity_id: number; severity: string }> = {
  info: { severity_id: 1, severity: "Informational" },
  low: { severity_id: 2, severity: "Low" },
  medium: { severity_id: 3, severity: "Medium" },
  high: { severity_id: 4, severity: "High" },
  critical: { severity_id: 5, severity: "Critical" },
};

const statuses: Record<LoggedEvent["status"], { status_id: number; status: string }> = {
  success: { status_id: 1, status: "Success" },
  failed: { status_id: 2, status: "Failure" },
  denied: { status_id: 2, status: "Failure" },
  pending: { status_id: 99, status: "pending" },
};

const userTypes: Record<string, { type_id: number; type: string }> = {
  user: { type_id: 1, type: "User" },
  platform: { type_id: 3, type: "System" },
  api_key: { type_id: 99, type: "API key" },
};

type User = { type_id: number; type: string; uid?: string; name?: string; groups?: { name: string }[] };

const named = (id: string | null, label: string | null) => ({
  ...(id !== null && { uid: id }),
  ...(label !== null && { name: label }),
});

const actorUser = ({ actor }: LoggedEvent): User => ({
  ...(userTypes[actor.type] ?? { type_id: 0, type: "Unknown" }),
  ...named(actor.id, actor.label),
  ...(actor.roles.length > 0 && { groups: actor.roles.map((name) => ({ name })) }),
});

/** The user that an event is about; of a sign-in with a name that is nobody's only that is known. */
const affectedUser = ({ object, target }: LoggedEvent): User => {
  const user = [target, object].find((reference) => reference?.type === "user");
  return user ? { type_id: 1, type: "User", ...named(user.id, user.label) } : { type_id: 0, type: "Unknown" };
};

const resources = ({ object, target }: LoggedEvent) =>
  [object, target].flatMap((reference) =>
    reference ? [{ type: reference.type, uid: reference.id, ...named(null, reference.label) }] : [],
  );

const httpRequest = ({ requestId, requestMethod, endpoint, userAgent }: LoggedEvent) => {
  const request = {
    ...(requestId !== null && { uid: requestId }),
    ...(requestMethod !== null && { http_method: requestMethod }),
    ...(endpoint !== null && { url: { path: endpoint } }),
    ...(userAgent !== null && { user_agent: userAgent }),
  };
  return Object.keys(request).length > 0 ? { http_request: request } : {};
};

/** What the class of the event asks for besides what all have. */
const ofClass = (event: LoggedEvent, name: keyof typeof classes): object => {
  const { code, requestId, object } = event;
  const api = {
    operation: code,
    service: { name: "Countersign" },
    ...(requestId !== null && { request: { uid: requestId } }),
  };
  if (name === "apiActivity") return { api, resources: resources(event) };
  if (name === "userAccess") {
    return {
      user: affectedUser(event),
      privileges: object ? [object.label ?? object.id] : [],
      resources: resources(event),
    };
  }
  return { user: affectedUser(event), api };
};

/** What of an event has no place of its own in the schema, under our names. */
const unmapped = ({ status, changes, notes, source, approvalId, metadata, leafHash }: LoggedEvent) => ({
  unmapped: {
    outcome: status,
    source,
    leaf_hash: leafHash,
    ...(changes && { changes }),
    ...(notes !== null && { notes }),
    ...(approvalId !== null && { approval_id: approvalId }),
    ...(metadata && { metadata }),
  },
});

/** An event of the log in the Open Cybersecurity Schema Framework, times in milliseconds since 1970. */
export const toOcsf = (event: LoggedEvent) => {
  const activity = activityOf(event);
  const { uid, name, categoryUid, categoryName } = classes[activity.class];
  return {
    activity_id: activity.id,
    activity_name: activity.name,
    category_uid: categoryUid,
    category_name: categoryName,
    class_uid: uid,
    class_name: name,
    type_uid: uid * 100 + activity.id,
    type_name: `${name}: ${activity.id === 99 ? "Other" : activity.name}`,
    time: Date.parse(event.occurredAt),
    ...(severities[event.severity as Severity] ?? { severity_id: 0, severity: "Unknown" }),
    ...statuses[event.status],
    ...(event.errorMessage !== null && { status_detail: event.errorMessage }),
    message: sentenceText(event),
    metadata: {
      version,
      product: { name: "Countersign", vendor_name: "Countersign" },
      uid: event.id,
      event_code: event.code,
      log_name: "audit",
      logged_time: Date.parse(event.receivedAt),
      ...(event.approvalId !== null && { correlation_uid: event.approvalId }),
    },
    actor: { user: actorUser(event) },
    src_endpoint: event.ip === null ? { name: event.source } : { ip: event.ip },
    ...httpRequest(event),
    ...ofClass(event, activity.class),
    ...unmapped(event),
  };
};
