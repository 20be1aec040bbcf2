/** Ends the process as kill -9 would, where the setting says so. */
export type CrashPoint = (
  point:
    | "after_commit"
    | "after_store"
    | "after_seal"
    | "after_anchor"
    | "after_persist"
    | "after_plan"
    | "after_manifest_signed"
    | "after_archive"
    | "after_archive_files"
    | "after_detach"
    | "after_erase_batch"
    | "after_erase_archives"
    | "after_claim"
    | "after_send"
    | "after_stream",
) => void;

/** `after_commit:20` ends the process when it comes to that point for the twentieth time; without a setting nothing happens. */
export const createCrashPoint = (setting: string | undefined): CrashPoint => {
  if (setting === undefined) return () => undefined;
  const [wanted, times = "1"] = setting.split(":");
  let left = Number(times);
  return (point) => {
    if (point === wanted && --left === 0) process.kill(process.pid, "SIGKILL");
  };
};

/** Whether the environment may ask for a crash: never where the product is in use. */
export const mayCrash = ({ CRASH_AT, NODE_ENV }: { CRASH_AT?: string | undefined; NODE_ENV: string }): boolean =>
  CRASH_AT === undefined || NODE_ENV !== "production";
