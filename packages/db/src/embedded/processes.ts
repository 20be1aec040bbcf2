import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync, realpathSync } from "node:fs";

/** When a process started, in the system's own notation: with the pid it names one process for good. Null when it is gone or a zombie. */
export function startTimeOf(pid: number): string | null {
  const found = lookUp(pid);
  return found === null || /^[ZX]/.test(found.state) ? null : found.startTime;
}

/** Whether `pid` is a living PostgreSQL server on this cluster: its working directory is the cluster. */
export function isPostmasterOf(pid: number, clusterDir: string): boolean {
  if (startTimeOf(pid) === null || !/(^|\/)postgres$/.test(lookUp(pid)?.command ?? "")) return false;
  if (process.platform !== "linux") return true;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(clusterDir);
  } catch {
    return false;
  }
}

type Process = { command: string; state: string; startTime: string };

function lookUp(pid: number): Process | null {
  if (!Number.isSafeInteger(pid) || pid <= 0) return null;
  try {
    return process.platform === "linux" ? fromProc(pid) : fromPs(pid);
  } catch {
    return null;
  }
}

function fromProc(pid: number): Process {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const end = stat.lastIndexOf(")");
  const fields = stat.slice(end + 2).split(" ");
  return { command: stat.slice(stat.indexOf("(") + 1, end), state: fields[0] ?? "", startTime: fields[19] ?? "" };
}

function fromPs(pid: number): Process {
  const ask = (field: string) =>
    execFileSync("ps", ["-o", `${field}=`, "-p", String(pid)], { encoding: "utf8" }).trim();
  return { command: ask("comm"), state: ask("stat"), startTime: ask("lstart") };
}
