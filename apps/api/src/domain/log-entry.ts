export { type EntryReference, type LogEntry, toLogEntry } from "@countersign/db/log-entry";
