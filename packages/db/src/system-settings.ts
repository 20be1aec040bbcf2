import { isEmailAddress } from "@countersign/audit/email-address";
import { z } from "zod";

type SettingType = {
  title: string;
  /** What it does, in one sentence. */
  help: string;
  schema: z.ZodType;
  /** As long as nobody has changed it; lists of people are filled in by the set-up. */
  default: unknown;
};

const whole = (least: number, most: number) => z.number().int().min(least).max(most);
const rule = (name: string) => ({ params: { rule: name } });
const distinct = (list: readonly unknown[]): boolean => new Set(list).size === list.length;
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const userIds = z.array(whole(1, Number.MAX_SAFE_INTEGER)).max(100).refine(distinct, rule("repeated"));
const shortText = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .refine((text) => text.trim() === text && /^[^\p{Cc}\p{Surrogate}]+$/u.test(text), rule("forbidden_character"));
const recipient = z.union([
  whole(1, Number.MAX_SAFE_INTEGER),
  z.string().max(254).refine(isEmailAddress, rule("email")),
]);
const recipients = z.array(recipient).min(1).max(50).refine(distinct, rule("repeated"));
const retainDays = whole(30, 36_500);

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "" && !/^[+-]/.test(name);
  } catch {
    return false;
  }
};

/** Every setting of the office: its key is its name everywhere. */
export const systemSettings = {
  protected_users: {
    title: "Protected users",
    help: "Administrators that nobody can delete, rename, deactivate or demote.",
    schema: userIds.min(1),
    default: [] as number[],
  },
  "retention.decision": { title: "Keep decisions", help: "Days.", schema: retainDays, default: 3653 },
  "retention.change": { title: "Keep changes", help: "Days.", schema: retainDays, default: 2557 },
  "retention.session": { title: "Keep sessions and downloads", help: "Days.", schema: retainDays, default: 730 },
  "retention.read": { title: "Keep reads", help: "Days.", schema: retainDays, default: 365 },
  "retention.run_at": {
    title: "Retention runs at",
    help: "Time of day in the office's time zone.",
    schema: timeOfDay,
    default: "02:30",
  },
  "retention.archive": {
    title: "Archive before removing",
    help: "Whether what retention removes is written to an archive first.",
    schema: z.boolean(),
    default: true,
  },
  "notification.recipients": {
    title: "Notify",
    help: "Users or single addresses that alerts go to.",
    schema: recipients,
    default: [] as (number | string)[],
  },
  "notification.digest": {
    title: "Daily digest at",
    help: "Time of day in the office's time zone.",
    schema: timeOfDay,
    default: "07:00",
  },
  "notification.quiet_hours": {
    title: "Quiet hours",
    help: "When only critical alerts go out.",
    schema: z.strictObject({ from: timeOfDay, to: timeOfDay }).nullable(),
    default: null as { from: string; to: string } | null,
  },
  "notification.cooldown_minutes": {
    title: "Pause between alerts of one rule",
    help: "Minutes.",
    schema: whole(0, 1440),
    default: 10,
  },
  "notification.max_per_hour": {
    title: "Messages an hour",
    help: "At most, for each channel.",
    schema: whole(1, 1000),
    default: 30,
  },
  "session.idle_minutes": {
    title: "Sign out when idle for",
    help: "Minutes.",
    schema: whole(5, 240),
    default: 15,
  },
  "session.absolute_hours": {
    title: "Sign out after",
    help: "Hours, for sessions that begin from now on.",
    schema: whole(1, 24),
    default: 12,
  },
  "session.reauth_minutes": {
    title: "Ask for the password again after",
    help: "Minutes, before acts on rights, keys and personal data.",
    schema: whole(1, 60),
    default: 5,
  },
  "signin.password_min": {
    title: "Shortest password",
    help: "Characters, for passwords that are chosen from now on.",
    schema: whole(15, 128),
    default: 15,
  },
  "signin.max_failures": {
    title: "Free failed sign-ins",
    help: "After so many in a row the wait grows.",
    schema: whole(1, 20),
    default: 5,
  },
  "signin.per_minute_per_network": {
    title: "Sign-ins a minute from one network",
    help: "At most.",
    schema: whole(1, 1000),
    default: 20,
  },
  "approval.expiry_hours": { title: "Requests expire after", help: "Hours.", schema: whole(1, 720), default: 72 },
  "approval.quorum": { title: "People who must approve", help: "At least.", schema: whole(1, 3), default: 1 },
  "permit.types": {
    title: "Types of permits",
    help: "What new permits can be; permits of a type that is taken from the list keep it.",
    schema: z.array(shortText(100)).min(1).max(200).refine(distinct, rule("repeated")),
    default: ["building", "demolition", "event", "excavation", "signage", "street vending", "tree felling"],
  },
  "permit.default_valid_days": {
    title: "New permits are valid for",
    help: "Days, suggested by the form.",
    schema: whole(1, 36_500),
    default: 365,
  },
  "permit.renew_grace_days": {
    title: "Expired permits can be renewed for",
    help: "Days after the last valid one.",
    schema: whole(0, 3650),
    default: 90,
  },
  "document.max_mb": { title: "Largest document", help: "MiB.", schema: whole(1, 100), default: 25 },
  "document.media_types": {
    title: "Kinds of documents",
    help: "What can be uploaded.",
    schema: z
      .array(z.enum(["pdf", "png", "jpg"]))
      .min(1)
      .refine(distinct, rule("repeated")),
    default: ["pdf", "png", "jpg"] as ("pdf" | "png" | "jpg")[],
  },
  "audit.collapse_seconds": {
    title: "Count repeated reads for",
    help: "Seconds; 0 keeps an event of each.",
    schema: whole(0, 3600),
    default: 60,
  },
  "audit.default_days": {
    title: "The log opens with",
    help: "Days. It opens with the shortest range offered that holds them: 24 hours, or 7, 30 or 90 days.",
    schema: whole(1, 90),
    default: 7,
  },
  "export.max_rows": { title: "Largest export", help: "Rows.", schema: whole(1, 100_000_000), default: 5_000_000 },
  "export.keep_days": { title: "Keep exports", help: "Days.", schema: whole(1, 365), default: 7 },
  "export.link_minutes": { title: "Download links work for", help: "Minutes.", schema: whole(1, 1440), default: 10 },
  "report.monthly_day": { title: "Monthly report on day", help: "Of the month.", schema: whole(1, 28), default: 1 },
  "report.recipients": {
    title: "Send reports to",
    help: "Users or single addresses.",
    schema: recipients,
    default: [] as (number | string)[],
  },
  "backup.at": {
    title: "Back up at",
    help: "Time of day in the office's time zone.",
    schema: timeOfDay,
    default: "03:30",
  },
  "backup.keep_days": { title: "Keep backups", help: "Days.", schema: whole(2, 35), default: 35 },
  "display.office": {
    title: "Name of the office",
    help: "Shown everywhere.",
    schema: shortText(120),
    default: "Permit office",
  },
  "display.time_zone": {
    title: "Time zone of the office",
    help: "An IANA name; permits begin and end at its midnight.",
    schema: z.string().max(64).refine(isTimeZone, rule("time_zone")),
    default: "UTC",
  },
  "display.language": {
    title: "Language",
    help: "Of screens and mails.",
    schema: z.enum(["en"]),
    default: "en" as const,
  },
} satisfies Record<string, SettingType>;

export type SettingKey = keyof typeof systemSettings;
export type SystemSettings = { readonly [Key in SettingKey]: z.output<(typeof systemSettings)[Key]["schema"]> };

export const settingKeys = Object.keys(systemSettings) as readonly SettingKey[];

/** The entry of a key with its types widened, for code that handles any setting. */
export const systemSetting = (key: SettingKey): SettingType => systemSettings[key];

export const defaultSettings = Object.fromEntries(
  settingKeys.map((key) => [key, systemSettings[key].default]),
) as SystemSettings;
