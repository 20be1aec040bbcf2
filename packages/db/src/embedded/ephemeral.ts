import { spawn } from "node:child_process";
import type { Socket } from "node:net";

// Reads from a pipe that only this process holds open: its end, even by SIGKILL, is the end of the pipe.
const script = 'read -r _; kill -INT "$1" && while kill -0 "$1"; do sleep 0.1; done; rm -rf "$2"';

/** Leaves a process behind that ends the server and removes its folder once this process is gone. The answer calls it off. */
export function endWithThisProcess(pid: number, dataDir: string): () => void {
  if (process.platform === "win32") return () => undefined;
  const watcher = spawn("sh", ["-c", script, "sh", String(pid), dataDir], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  watcher.on("error", () => undefined);
  watcher.unref();
  (watcher.stdin as Socket).unref();
  return () => {
    watcher.kill("SIGKILL");
  };
}
