import { features, isFeature } from "@countersign/audit/features";

/** A right by its name, with its code after it: “Read the audit log” (audit.read). */
export const rightWords = (feature: string): string =>
  isFeature(feature) ? `“${features[feature]}” (${feature})` : feature;
