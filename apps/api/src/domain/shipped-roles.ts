import { type Feature, features } from "@countersign/audit/features";

type ShippedRole = { name: string; description: string; features: readonly Feature[] };

const all = Object.keys(features) as Feature[];
const those = (matches: (feature: Feature) => boolean): Feature[] => all.filter(matches);

/** The roles that an office starts with; all but the first can be changed and removed. */
export const shippedRoles = {
  administrator: { name: "Administrator", description: "May do everything.", features: all },
  auditor: {
    name: "Auditor",
    description: "Reads everything, changes nothing, exports and verifies the log.",
    features: those((feature) => /\.read$|^reports\.|^audit\.(export|verify)$/.test(feature)),
  },
  supervisor: {
    name: "Supervisor",
    description: "Decides on permits and requests, and removes what must go.",
    features: those((feature) =>
      /^(permits|documents)\.|^approvals\.|^(users|roles)\.read$|^reports\.(read|generate)$/.test(feature),
    ),
  },
  permit_officer: {
    name: "Permit officer",
    description: "Works on permits from the application to the end.",
    features: those((feature) => /^permits\.(?!delete)|^documents\.(read|upload|verify)$/.test(feature)),
  },
  clerk: {
    name: "Clerk",
    description: "Enters applications and their documents.",
    features: ["permits.read", "permits.create", "permits.update", "documents.read", "documents.upload"],
  },
  operator: {
    name: "Operator",
    description: "Keeps the system running: queues, backups, alerts.",
    features: those((feature) => /^(queues|alerts)\.|^(events|retention)\.read$|^system\.backup$/.test(feature)),
  },
} as const satisfies Record<string, ShippedRole>;
