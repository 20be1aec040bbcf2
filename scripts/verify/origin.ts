/** The origin to expect in a note of a log: a log that was rolled back goes on under its name with /e2, /e3, … */
export const originIn = (note: string, name: string): string => {
  const said = note.split("\n", 1)[0] ?? "";
  return said.startsWith(`${name}/e`) && /^[2-9]$|^[1-9]\d+$/.test(said.slice(name.length + 2)) ? said : name;
};
