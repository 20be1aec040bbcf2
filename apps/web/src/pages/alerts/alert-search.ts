export const tabs = ["open", "rules", "channels", "deliveries"] as const;
export type Tab = (typeof tabs)[number];
export const deliveryStates = ["due", "sent", "failed", "held"] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** What the address of the page holds. */
export type AlertSearch = {
  tab?: Tab;
  /** The alert that a message leads to. */
  alert?: number;
  /** Alerts that somebody took note of are shown, too. */
  past?: "on";
  /** The rule that is open, or a new one. */
  rule?: number | "new";
  state?: DeliveryState;
  channel?: number;
};

const isId = (value: unknown) => /^[1-9]\d{0,14}$/.test(String(value));

/** Reads the search of an address, however it was typed. */
export const parseAlertSearch = (raw: Record<string, unknown>): AlertSearch => {
  const tab = tabs.find((name) => name === raw.tab && name !== "open");
  const state = deliveryStates.find((name) => name === raw.state);
  return {
    ...(tab && { tab }),
    ...(isId(raw.alert) && { alert: Number(raw.alert) }),
    ...(raw.past === "on" && { past: "on" as const }),
    ...((raw.rule === "new" || isId(raw.rule)) && { rule: raw.rule === "new" ? ("new" as const) : Number(raw.rule) }),
    ...(state && { state }),
    ...(isId(raw.channel) && { channel: Number(raw.channel) }),
  };
};
