import type { shippedRoles } from "../../apps/api/src/domain/shipped-roles.ts";

export type Profile = {
  username: string;
  name: string;
  role: keyof typeof shippedRoles;
  ip: string;
  userAgent: string;
};

const agents = {
  firefox: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
  chrome:
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
  safari:
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
};

/** Who works in the demo office; the last one comes later. */
export const profiles = [
  { username: "m.keller", name: "Martha Keller", role: "administrator", ip: "10.20.0.11", userAgent: agents.firefox },
  { username: "a.rossi", name: "Aldo Rossi", role: "auditor", ip: "10.20.0.12", userAgent: agents.safari },
  { username: "s.okafor", name: "Stella Okafor", role: "supervisor", ip: "10.20.0.21", userAgent: agents.chrome },
  { username: "h.lindqvist", name: "Henrik Lindqvist", role: "supervisor", ip: "10.20.0.22", userAgent: agents.chrome },
  { username: "j.novak", name: "Jana Nováková", role: "permit_officer", ip: "10.20.0.31", userAgent: agents.firefox },
  { username: "t.brandt", name: "Tobias Brandt", role: "permit_officer", ip: "10.20.0.32", userAgent: agents.chrome },
  { username: "l.moreau", name: "Lucie Moreau", role: "permit_officer", ip: "10.20.0.33", userAgent: agents.chrome },
  { username: "y.demir", name: "Yasemin Demir", role: "permit_officer", ip: "10.20.0.34", userAgent: agents.safari },
  { username: "p.silva", name: "Pedro Silva", role: "clerk", ip: "10.20.0.41", userAgent: agents.chrome },
  { username: "e.hansen", name: "Else Hansen", role: "clerk", ip: "10.20.0.42", userAgent: agents.firefox },
  { username: "k.osei", name: "Kofi Osei", role: "operator", ip: "10.20.0.51", userAgent: agents.firefox },
  { username: "n.weiss", name: "Nadia Weiß", role: "clerk", ip: "10.20.0.43", userAgent: agents.chrome },
] as const satisfies readonly Profile[];

export type Username = (typeof profiles)[number]["username"];
