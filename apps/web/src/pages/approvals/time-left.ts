import { approvalsTexts } from "./approvals-texts.ts";

const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

/** How long a request still waits, in its two largest units: "2 days 4 hours". */
export const timeLeft = (expiresAt: string, now: number): string => {
  let ms = Date.parse(expiresAt) - now;
  if (ms <= 0) return approvalsTexts.over;
  if (ms < 60_000) return approvalsTexts.soon;
  const parts: string[] = [];
  for (const [unit, size] of units) {
    const whole = Math.floor(ms / size);
    ms -= whole * size;
    if (whole > 0) parts.push(approvalsTexts.units(whole, unit));
    else if (parts.length > 0) break;
  }
  return approvalsTexts.left(parts.slice(0, 2).join(" "));
};

/** Whether it is time to hurry: less than four hours. */
export const isUrgent = (expiresAt: string, now: number): boolean => Date.parse(expiresAt) - now < 4 * 3_600_000;
