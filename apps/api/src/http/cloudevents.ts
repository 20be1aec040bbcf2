import type { BodyForm, HeaderOf } from "./rest-route.ts";

/** How CloudEvents 1.0 arrive over HTTP (CloudEvents HTTP Protocol Binding 1.0.2). */

const structured = "application/cloudevents+json";
export const batched = "application/cloudevents-batch+json";

/** The media type of a Content-Type header, in lower case and without parameters. */
export const mediaTypeOf = (contentType: string | undefined): string | undefined =>
  contentType?.split(";", 1)[0]?.trim().toLowerCase();

const required = ["ce-specversion", "ce-id", "ce-source", "ce-type"];

/** Binary mode: the attributes are headers, the body is the data. One of the four that must be there tells it. */
const isBinary = (header: HeaderOf): boolean =>
  [undefined, "application/json"].includes(mediaTypeOf(header("content-type"))) &&
  required.some((name) => header(name) !== undefined);

const decode = (value: string): string => {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
};

/** A header whose name cannot be an attribute keeps it, and is refused by it. */
const attributeOf = ([name, value]: [string, string]): [string, string][] => {
  if (!name.startsWith("ce-")) return [];
  const attribute = name.slice("ce-".length);
  return [[/^[a-z0-9]+$/.test(attribute) ? attribute : name, decode(value)]];
};

const fromHeaders = (headers: Headers, data: unknown): Record<string, unknown> => {
  const type = headers.get("content-type");
  return {
    ...(type !== null && { datacontenttype: type }),
    ...(data !== undefined && { data }),
    ...Object.fromEntries([...headers].flatMap(attributeOf)),
  };
};

/** One CloudEvent, structured (the body is the event) or binary. */
export const oneCloudEvent: BodyForm = {
  mediaType: structured,
  isSent: (header) => mediaTypeOf(header("content-type")) === structured || isBinary(header),
  read: (headers, body) =>
    mediaTypeOf(headers.get("content-type") ?? undefined) === structured ? body : fromHeaders(headers, body),
};

/** A list of structured CloudEvents. */
export const batchedCloudEvents: BodyForm = {
  mediaType: batched,
  isSent: (header) => mediaTypeOf(header("content-type")) === batched,
  read: (_, body) => body,
};
