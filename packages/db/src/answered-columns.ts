/** A time as ISO 8601 UTC with milliseconds. */
export const iso = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** The user whose id stands in a column, as `{id, name}`; null when there is none or the user is gone. */
export const person = (column: string): string =>
  `(select json_build_object('id', u.id, 'name', u.name) from users u where u.id = ${column})`;
