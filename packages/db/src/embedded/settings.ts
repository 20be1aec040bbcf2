import { totalmem } from "node:os";

const MIB = 1024 * 1024;

/** The embedded server's settings; `durable: false` gives up crash safety for speed and is for tests alone. */
export function serverSettings(durable: boolean, more: Record<string, string> = {}): Record<string, string> {
  return { ...always, ...(durable ? forKeeps() : forTests), ...more };
}

const always = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "200",
  timezone: "UTC",
  log_timezone: "UTC",
  password_encryption: "scram-sha-256",
  jit: "off",
  wal_buffers: "16MB",
  // Statements and row values are personal data: they stay out of the server's log.
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
};

/** A sixteenth of the memory, 64 to 512 MB: the measured bundle on an ordinary machine, modest on a small one. */
function forKeeps(): Record<string, string> {
  const memory = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  const sharedBuffersMib = Math.round(Math.min(512, Math.max(64, memory / MIB / 16)));
  return {
    shared_buffers: `${sharedBuffersMib}MB`,
    effective_cache_size: `${Math.round(memory / MIB / 2)}MB`,
    max_wal_size: "4GB",
    checkpoint_timeout: "15min",
    // Queue tables are emptied as fast as they are filled: visit them often.
    autovacuum_naptime: "10s",
    autovacuum_vacuum_scale_factor: "0.05",
    autovacuum_analyze_scale_factor: "0.05",
    autovacuum_vacuum_cost_limit: "1000",
  };
}

const forTests = {
  shared_buffers: "64MB",
  max_wal_size: "1GB",
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
};
