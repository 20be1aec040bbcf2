export { type LogEntry, toLogEntry } from "@countersign/db/log-entry";
