import { readdirSync, readFileSync } from "node:fs";

// Linux counts in hundredths of a second whatever the kernel's own tick is (USER_HZ).
const ticksASecond = 100;

/** User and system time in seconds of a process and, in the last two fields, of its ended children; null when it is gone. */
const statOf = (pid: number): { parent: number; own: number; ended: number } | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const [parent, user, system, endedUser, endedSystem] = [1, 11, 12, 13, 14].map((index) => fields[index] ?? 0);
    return {
      parent: parent ?? 0,
      own: ((user ?? 0) + (system ?? 0)) / ticksASecond,
      ended: ((endedUser ?? 0) + (endedSystem ?? 0)) / ticksASecond,
    };
  } catch {
    return null;
  }
};

/** Seconds of CPU that a process has taken; 0 where there is no /proc. */
export const cpuOf = (pid: number): number => statOf(pid)?.own ?? 0;

/** The same for a process with all its direct children, ended ones included: PostgreSQL with its sessions. */
export const cpuOfFamily = (pid: number): number => {
  const parent = statOf(pid);
  if (parent === null) return 0;
  let seconds = parent.own + parent.ended;
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = statOf(Number(name));
    if (stat?.parent === pid) seconds += stat.own;
  }
  return seconds;
};

/** What each of several parts takes while `work` runs, in seconds of CPU. */
export const cpuDuring = async <Name extends string, Value>(
  parts: Record<Name, () => number>,
  work: () => Promise<Value>,
): Promise<{ value: Value; cpu: Record<Name, number> }> => {
  const names = Object.keys(parts) as Name[];
  const before = names.map((name) => parts[name]());
  const value = await work();
  const cpu = {} as Record<Name, number>;
  for (const [index, name] of names.entries()) cpu[name] = parts[name]() - (before[index] ?? 0);
  return { value, cpu };
};
