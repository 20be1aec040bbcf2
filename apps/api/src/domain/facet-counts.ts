import type { EventFilter } from "@countersign/audit/event-filter";
import type { Database } from "@countersign/db/client";
import { countFacets, type Facet, type FacetField, type Facets, listOfField } from "@countersign/db/facets";
import { unlessSlow } from "./unless-slow.ts";

type Options = { most: number; find?: string | undefined };
/** `counted` is of how many events; null where counting took too long. */
export type CountedFacet = Facet & { counted: number | null };
export type CountedFacets = Omit<Facets, "facets"> & { facets: CountedFacet[] };

/** The filter as if nothing was chosen among the values of a field. */
const withoutChoice = (filter: EventFilter, field: FacetField): EventFilter => {
  const list = listOfField[field];
  return { ...filter, [list]: undefined, not: { ...filter.not, [list]: undefined } };
};

const isChosen = (filter: EventFilter, field: FacetField): boolean => {
  const list = listOfField[field];
  return [filter[list], filter.not?.[list]].some((values) => values !== undefined && values.length > 0);
};

/** All fields by the whole filter. */
export const countTogether = async (
  db: Database,
  filter: EventFilter,
  fields: readonly FacetField[],
  options: Options,
): Promise<CountedFacets> => {
  const { facets, ...of } = await countFacets(db, filter, fields, options);
  return { ...of, facets: facets.map((facet) => ({ ...facet, counted: of.counted })) };
};

/**
 * The same, but a field with a choice as if it had none, so that other values stand beside those chosen. One statement more for
 * each such list; when one takes too long, those that follow are not tried.
 */
export const countApart = async (
  db: Database,
  filter: EventFilter,
  fields: readonly FacetField[],
  options: Options,
): Promise<CountedFacets> => {
  const chosen = fields.filter((field) => isChosen(filter, field));
  const all = await countTogether(
    db,
    filter,
    fields.filter((field) => !chosen.includes(field)),
    options,
  );
  const apart: CountedFacet[] = [];
  let { isCapped } = all;
  for (const list of new Set(chosen.map((field) => listOfField[field]))) {
    const own = chosen.filter((field) => listOfField[field] === list);
    const [first] = own;
    const isSlow = apart.some(({ counted }) => counted === null);
    const found =
      isSlow || first === undefined
        ? null
        : await unlessSlow(countTogether(db, withoutChoice(filter, first), own, options));
    isCapped ||= found?.isCapped ?? false;
    apart.push(...(found?.facets ?? own.map((field) => ({ field, values: [], others: 0, counted: null }))));
  }
  const counted = [...all.facets, ...apart];
  return { ...all, isCapped, facets: fields.flatMap((field) => counted.filter((facet) => facet.field === field)) };
};
