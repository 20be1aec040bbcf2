export const boxes = ["forMe", "mine", "closed"] as const;
export type Box = (typeof boxes)[number];

/** What the address of the approvals holds. */
export type ApprovalsSearch = { box?: Box };

export const parseApprovalsSearch = (raw: Record<string, unknown>): ApprovalsSearch => {
  const box = boxes.find((name) => name === raw.box);
  return box ? { box } : {};
};
