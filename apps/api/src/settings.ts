/** The office's settings and their defaults. */
export type Settings = {
  office: string;
  timeZone: string;
  permitTypes: readonly string[];
  defaultValidDays: number;
  defaultDays: number;
  sessionIdleMinutes: number;
  sessionAbsoluteHours: number;
  collapseSeconds: number;
};

export const defaultSettings: Settings = {
  office: "Permit office",
  timeZone: "UTC",
  permitTypes: ["building", "demolition", "event", "excavation", "signage", "street vending", "tree felling"],
  defaultValidDays: 365,
  defaultDays: 7,
  sessionIdleMinutes: 15,
  sessionAbsoluteHours: 12,
  collapseSeconds: 60,
};
