/** What the address of the settings holds; the key of one setting may stand after the #. */
export type SettingsSearch = { area?: string; q?: string };

export const parseSettingsSearch = (raw: Record<string, unknown>): SettingsSearch => ({
  ...(typeof raw.area === "string" && raw.area !== "" && { area: raw.area }),
  ...(typeof raw.q === "string" && raw.q.trim() !== "" && { q: raw.q.slice(0, 256) }),
});
