import superjson from "superjson";

type Envelope = ReturnType<typeof superjson.serialize>;

const isJsonNumber = (value: number): boolean => Number.isFinite(value) && !Object.is(value, -0);

/** Whether JSON alone can carry a value as it is: no dates, no absent members, no classes. */
const isJson = (value: unknown): boolean => {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return isJsonNumber(value);
  if (typeof value !== "object") return false;
  if (Array.isArray(value)) return value.every(isJson);
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.values(value).every(isJson);
};

const serialize = (value: unknown): Envelope =>
  isJson(value) ? { json: value as Envelope["json"] } : superjson.serialize(value);

const deserialize = (envelope: Envelope): unknown =>
  envelope.meta === undefined ? envelope.json : superjson.deserialize(envelope);

/**
 * superjson as it is on the wire, without its walk and its deep copy for what is plain JSON anyway, which almost everything is:
 * they took a tenth of a batch of events.
 */
export const transformer = { serialize, deserialize };
