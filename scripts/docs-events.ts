import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  type Category,
  categories,
  type EventCode,
  eventCodes,
  eventType,
  policies,
  severities,
} from "@countersign/audit/catalogue";
import { features } from "@countersign/audit/features";

const file = fileURLToPath(new URL("../docs/events.md", import.meta.url));

const cell = (text: string): string => text.replaceAll("|", "\\|");
const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");

const eventRow = (code: EventCode): string[] => {
  const type = eventType(code);
  const marks = [
    type.locked ? "locked" : "",
    type.approval === "none" ? "" : `approval ${type.approval}`,
    type.reason === "required" ? "reason required" : "",
    type.collapseSeconds > 0 ? `repeats counted for ${type.collapseSeconds} s` : "",
    type.notify ? "notifies" : "",
  ].filter((mark) => mark !== "");
  return [
    String(type.id),
    `\`${code}\``,
    `**${type.name}.** ${type.description}`,
    type.severity,
    type.policy,
    type.targetType === null ? type.objectType : `${type.objectType} → ${type.targetType}`,
    type.feature === null ? "" : `\`${type.feature}\``,
    `\`${type.sentence}\``,
    marks.join(", "),
  ];
};

const section = (category: Category): string => {
  const codes = eventCodes.filter((code) => eventType(code).category === category);
  return [
    `## ${categories[category].title} (${codes.length})`,
    table(["Id", "Code", "Event", "Severity", "Kept", "Object", "Feature", "Sentence", "Rules"], codes.map(eventRow)),
  ].join("\n\n");
};

const days = (count: number): string => `${count} days`;

const page = (): string =>
  `${[
    "# Events",
    "Generated from the catalogue in `packages/audit`; change it there and run `npm run docs:events`.",
    "Everything that happens becomes one of these events. A status says how it ended: *success* it was done; *failed* it was allowed and not done; *denied* it was not allowed; *pending* it was asked for and waits. A failed or denied event counts one severity higher than its type, at most *high*; *critical* stays.",
    `Severities, lowest first: ${severities.join(", ")}. An administrator may change severity, retention, approval and notification of a type, and switch off what is not locked; earlier events keep what held at their time.`,
    "In a sentence a part in square brackets is left out when a value in it is missing. *Object* is what was acted on, *→* the second party.",
    ...(Object.keys(categories) as Category[]).map(section),
    "## Retention",
    "How long an event is kept at first, counted from when it was received.",
    table(
      ["Policy", "Kept for"],
      Object.entries(policies).map(([policy, count]) => [policy, days(count)]),
    ),
    `## Features (${Object.keys(features).length})`,
    "Rights that roles hold. An event without a feature is open to everyone for their own account, or made by the platform.",
    table(
      ["Feature", "Allows to", "Events"],
      Object.entries(features).map(([feature, meaning]) => [
        `\`${feature}\``,
        meaning.slice(0, 1).toLowerCase() + meaning.slice(1),
        eventCodes
          .filter((code) => eventType(code).feature === feature)
          .map((code) => `\`${code}\``)
          .join(" "),
      ]),
    ),
  ].join("\n\n")}\n`;

const current = existsSync(file) ? readFileSync(file, "utf8") : "";
const text = page();
if (process.argv.includes("--check")) {
  if (current !== text) {
    console.error("docs/events.md is stale. Run: npm run docs:events");
    process.exitCode = 1;
  }
} else {
  writeFileSync(file, text);
}
