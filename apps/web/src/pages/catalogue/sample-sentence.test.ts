import { eventCodes } from "@countersign/audit/catalogue";
import { expect, test } from "vitest";
import { fieldsOf, sampleSentences } from "./sample-sentence.ts";

test("every type of the catalogue reads as a sentence in each outcome, without a placeholder left", () => {
  for (const code of eventCodes) {
    const sentences = sampleSentences(code);
    expect(sentences.map(({ status }) => status)).toEqual(["success", "failed", "denied"]);
    for (const { text } of sentences) expect(text, code).not.toMatch(/[{}[\]]|undefined/);
  }
});

test("a sample is the sentence of the log, with made-up names", () => {
  expect(sampleSentences("permit_delete").map(({ text }) => text)).toEqual([
    "Ana Ruiz deleted P-2026-000041: fees were paid",
    "Ana Ruiz tried to delete P-2026-000041: it was changed meanwhile",
    "Ana Ruiz was refused permission to delete P-2026-000041",
  ]);
  expect(sampleSentences("no_such_type")).toEqual([]);
});

test("the fields of a template are named in order, and which may be wanting", () => {
  expect(fieldsOf("{actor} deleted {object}[: {reason}]")).toEqual([
    { name: "actor", isOptional: false },
    { name: "object", isOptional: false },
    { name: "reason", isOptional: true },
  ]);
});
