import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../api.ts";
import { useMay } from "../../me.ts";
import classes from "./retention.module.css";
import { retentionTexts } from "./retention-texts.ts";
import { period, previewWords } from "./retention-words.ts";

const words = retentionTexts.tried;
const policyOf = (key: string): string | undefined => /^retention\.(decision|change|session|read)$/.exec(key)?.[1];

/** What the next run would remove if a period were this one: to be read before it is changed. Nothing for other settings. */
export function PeriodPreview({ settingKey, days }: { settingKey: string; days: number }) {
  const trpc = useTRPC();
  const mayRead = useMay("retention.read");
  const policy = policyOf(settingKey);
  const [asked] = useDebouncedValue(days, 300);
  const isAsked = policy !== undefined && mayRead && Number.isInteger(asked) && asked >= 30 && asked <= 36_500;
  const options = trpc.retention.preview.queryOptions(policy === undefined ? {} : { [policy]: asked });
  const read = useQuery({ ...options, enabled: isAsked, staleTime: 60_000, retry: false });
  if (!isAsked) return null;
  const found = asked === days ? read.data?.policies.find((one) => one.policy === policy) : undefined;
  return (
    <p className={classes.tried} role="status">
      {read.isError ? words.failed : found ? words.with(period(days), previewWords(found)) : words.counting}
    </p>
  );
}
