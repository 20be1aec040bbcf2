/** Commas part the values of a list; one inside a value is written `\,`, and a backslash `\\`. */
const joinList = (values: readonly unknown[]): string =>
  values.map((value) => String(value).replace(/[\\,]/g, "\\$&")).join(",");

/** The values of a list as `joinList` wrote it, or as somebody typed it. */
export const splitList = (text: string): string[] =>
  (text.match(/(?:\\[\s\S]|[^,\\]|\\$)+/g) ?? []).map((part) => part.replace(/\\([\\,])/g, "$1"));

/** Writes the members of a search as plain `key=value`, lists joined by commas, so that an address can be read and typed. */
export const stringifySearch = (search: Record<string, unknown>): string => {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    const text = Array.isArray(value) ? joinList(value) : String(value ?? "");
    if (text !== "") params.set(key, text);
  }
  const text = params.toString().replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%2F", "/");
  return text === "" ? "" : `?${text}`;
};

/** Reads every member as text; each page says what it takes it for. */
export const parseSearch = (text: string): Record<string, string> => Object.fromEntries(new URLSearchParams(text));
