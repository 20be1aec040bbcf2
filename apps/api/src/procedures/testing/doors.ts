import { samplePdf } from "../../documents/testing/sample-files.ts";
import type { RawRoute } from "../../http/raw-route.ts";
import { restProcedures } from "../../http/rest.ts";
import { inputSchema } from "../../http/rest-input.ts";
import { rawRoutes } from "../../raw-routes.ts";
import { appRouter } from "../../router.ts";
import type { Person } from "../../testing.ts";
import { beginningOf } from "../../testing-stream.ts";
import type { ProcedureMeta } from "../../trpc/init.ts";
import { isText, isWord, type JsonSchema, listedIn, membersOf } from "./bad-values.ts";

/** One way in: a procedure over tRPC or at its plain address, or an address of bytes. */
export type Door = {
  name: string;
  schema: JsonSchema;
  isQuery: boolean;
  /** Refused input is an event of its own, of this type. */
  event: string | undefined;
  /** The request with this input; null where the address cannot say such a value. */
  send: (by: Person, input: unknown) => Promise<Response> | null;
};

type Definition = { type: string; meta?: ProcedureMeta; inputs: unknown[] };

/** Public calls and those of the session itself have no guard that records. */
const withoutGuard = ["auth.signIn", "auth.signOut", "auth.reauthenticate", "contract.login"];

const eventOf = (name: string, { events: [first] = [] }: ProcedureMeta): string | undefined =>
  first === "sys_access_denied" || withoutGuard.includes(name) ? undefined : first;

const schemaOf = (input: unknown): JsonSchema => inputSchema(input) as JsonSchema;

/** Every procedure, over tRPC. */
export const trpcDoors: Door[] = Object.entries(appRouter._def.procedures).map(([name, procedure]) => {
  const { type, meta = {}, inputs } = (procedure as unknown as { _def: Definition })._def;
  const isQuery = type !== "mutation";
  return {
    name,
    schema: schemaOf(inputs[0]),
    isQuery,
    event: eventOf(name, meta),
    send: (by, json) =>
      isQuery
        ? by.get(`/trpc/${name}?input=${encodeURIComponent(JSON.stringify({ json }))}`).then(beginningOf)
        : by.post(`/trpc/${name}`, { json }),
  };
});

/** A text in an address as it is, even where it is none: half a character in the three bytes that some write for it. */
const encode = (value: unknown): string =>
  String(value).isWellFormed() ? encodeURIComponent(String(value)) : "%ED%A0%80";

/** Whether an address can say this: every text is one there, so what is wrong must be so as a text. */
const isSayable = (value: unknown, schema: JsonSchema | undefined): boolean =>
  schema === undefined || !takesAnyText(schema)
    ? typeof value !== "object" || value === null
    : typeof value === "string";

const listsAnyText = (schema: JsonSchema | undefined): boolean =>
  schema !== undefined && listedIn(schema).some((item) => isText(item) && !isWord(item));

const takesAnyText = (schema: JsonSchema): boolean => isText(schema) || listsAnyText(schema);

type Address = {
  method: string;
  path: string;
  inQuery: boolean;
  request: { headers?: Record<string, string>; body?: Uint8Array };
};

const plainDoor = ({ method, path, inQuery, request }: Address, schema: JsonSchema): Door["send"] => {
  const members = membersOf(schema);
  return (by, input) => {
    if (typeof input !== "object" || input === null || Array.isArray(input)) return null;
    const rest: Record<string, unknown> = { ...input };
    let sayable = true;
    const say = (name: string, value: unknown): string => {
      sayable &&= isSayable(value, members[name]);
      return encode(value);
    };
    const address = path.replace(/\{(\w+)\}/g, (_, name: string) => {
      const { [name]: value } = rest;
      delete rest[name];
      sayable &&= value !== undefined;
      return say(name, value);
    });
    if (!inQuery) return sayable ? by.send(address, { method, body: JSON.stringify(rest) }) : null;
    // One text is a list of one in an address.
    sayable &&= Object.entries(rest).every(([name, value]) => Array.isArray(value) || !listsAnyText(members[name]));
    const query = Object.entries(rest).flatMap(([name, value]) =>
      [value].flat().map((one) => `${name}=${say(name, one)}`),
    );
    return sayable ? by.send(`${address}?${query.join("&")}`, { method, ...request }).then(beginningOf) : null;
  };
};

/** Every procedure that has a plain address. */
const restDoors: Door[] = restProcedures()
  .filter(({ route }) => route.form === undefined)
  .map(({ name, route: { method, path }, input }) => {
    const door = trpcDoors.find((one) => one.name === name);
    if (door === undefined) throw new Error(`${name} is no procedure`);
    const schema = schemaOf(input);
    return { ...door, send: plainDoor({ method, path, inQuery: method === "GET", request: {} }, schema) };
  });

/** Every address of bytes; what is sent there is a good file. */
export const rawDoors: Door[] = Object.entries<RawRoute>(rawRoutes).map(
  ([name, { method, path, input, meta, takes }]) => {
    const schema = schemaOf(input);
    const request = takes === undefined ? {} : { headers: { "content-type": "application/pdf" }, body: samplePdf("x") };
    return {
      name,
      schema,
      isQuery: method === "GET",
      event: meta.events?.[0],
      send: plainDoor({ method, path, inQuery: true, request }, schema),
    };
  },
);

export const doors: (readonly [string, Door])[] = [
  ...trpcDoors.map((door) => [`${door.name} over tRPC`, door] as const),
  ...restDoors.map((door) => [`${door.name} over plain HTTP`, door] as const),
  ...rawDoors.map((door) => [`${door.name}, an address of bytes`, door] as const),
];

export type Refusal = { reason: string; requestId: string; message: string; fields: { path: string; rule: string }[] };

/** The one error body, as tRPC and plain addresses have it. */
export const refusalIn = (text: string): Refusal => {
  const { error } = JSON.parse(text);
  if (error === undefined) return { reason: "none", requestId: "", message: "", fields: [] };
  const { data, message } = error.json ?? { data: { ...error, reason: error.code }, message: error.message };
  return { ...data, message, fields: data.fields ?? [] };
};
