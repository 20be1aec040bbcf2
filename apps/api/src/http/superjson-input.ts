export type InputRule = "unknown_field" | "not_an_object" | "annotation" | "shared_reference";
/** Where the input is not what our clients send, and the rule it breaks. */
export type InputProblem = { path: string; rule: InputRule };

type Members = Record<string, unknown>;

/** What superjson may make of our inputs: absent members, times, and numbers that JSON has no spelling for. */
const annotations = new Set(["undefined", "Date", "bigint", "number"]);

/**
 * Looks through the envelope `{json, meta}` that the tRPC client sends, or ten of them in a batch. superjson's
 * `meta` would let a caller make a RegExp, an Error, a Map or an object that contains itself; none of that is an
 * input of ours. Annotations of shared references are taken out of `value`, since the values stand there anyway.
 */
export const checkSuperjson = (value: unknown, calls: number, isBatch: boolean): InputProblem | null => {
  if (!isBatch) return checkEnvelope(value, "");
  if (!isMembers(value)) return { path: "", rule: "not_an_object" };
  for (const [index, envelope] of Object.entries(value)) {
    if (!/^\d$/.test(index) || Number(index) >= calls) return { path: index.slice(0, 64), rule: "unknown_field" };
    const problem = checkEnvelope(envelope, `${index}.`);
    if (problem !== null) return problem;
  }
  return null;
};

const isMembers = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const checkEnvelope = (value: unknown, prefix: string): InputProblem | null => {
  if (!isMembers(value)) return { path: prefix.slice(0, -1), rule: "not_an_object" };
  const unknown = unknownMember(value, ["json", "meta"]);
  if (unknown !== undefined) return { path: `${prefix}${unknown}`, rule: "unknown_field" };
  const { json, meta } = value;
  return meta === undefined ? null : checkMeta(json, meta, `${prefix}meta`);
};

const checkMeta = (json: unknown, meta: unknown, path: string): InputProblem | null => {
  if (!isMembers(meta)) return { path, rule: "not_an_object" };
  const unknown = unknownMember(meta, ["values", "referentialEqualities", "v"]);
  if (unknown !== undefined) return { path: `${path}.${unknown}`, rule: "unknown_field" };
  if (meta.v !== undefined && meta.v !== 1) return { path: `${path}.v`, rule: "annotation" };
  if (meta.values !== undefined && !areAnnotations(meta.values)) return { path: `${path}.values`, rule: "annotation" };
  if (meta.referentialEqualities === undefined) return null;
  if (!areCopies(json, meta.referentialEqualities)) {
    return { path: `${path}.referentialEqualities`, rule: "shared_reference" };
  }
  delete meta.referentialEqualities;
  return null;
};

const unknownMember = (value: Members, known: readonly string[]): string | undefined =>
  Object.keys(value)
    .find((name) => !known.includes(name))
    ?.slice(0, 64);

/** A leaf is `[type]`; everything else is a record of further trees, keyed by path. */
const areAnnotations = (tree: unknown): boolean =>
  Array.isArray(tree)
    ? tree.length === 1 && typeof tree[0] === "string" && annotations.has(tree[0])
    : isMembers(tree) && Object.values(tree).every(areAnnotations);

/** Whether every place named as the same object holds a value of its own, not a gap left for the first one. */
const areCopies = (json: unknown, equalities: unknown): boolean =>
  isMembers(equalities) &&
  Object.values(equalities).every(
    (places) =>
      Array.isArray(places) && places.every((place) => typeof place === "string" && isFilled(json, stepsOf(place))),
  );

/** superjson writes a dot inside a name as `\\.` and a backslash as two. */
const stepsOf = (path: string): string[] => path.split(/(?<!\\)\./).map((step) => step.replace(/\\([\\.])/g, "$1"));

const isFilled = (json: unknown, path: readonly string[]): boolean => {
  let place = json;
  for (const step of path) {
    if (typeof place !== "object" || place === null || !Object.hasOwn(place, step)) return false;
    place = (place as Members)[step];
  }
  return place !== null;
};
