import { expect, test } from "vitest";
import { markedText, piecesOf } from "./marks.ts";

test("ordinary text in any script is left as it is", () => {
  for (const text of ["Ana Ruiz", "أمينة حداد", "Ωmega 👩‍🚒", "naïve", "ক্ষ"]) expect(markedText(text)).toBe(text);
});

test("a right-to-left override is drawn as a mark between its neighbours", () => {
  expect(piecesOf("a\u202Egnp.exe")).toEqual([
    { text: "a", isMark: false },
    { text: "⟨RLO⟩", isMark: true },
    { text: "gnp.exe", isMark: false },
  ]);
});

test.each([
  ["\u001b[31m", "⟨ESC⟩[31m"],
  ["a\r\nb", "a⟨CR⟩⟨LF⟩b"],
  ["\u2028", "⟨LS⟩"],
  ["\u0085", "⟨U+0085⟩"],
  ["\u2066x\u2069", "⟨LRI⟩x⟨PDI⟩"],
  ["\ufeff", "⟨BOM⟩"],
])("%j is shown as %s", (text, shown) => expect(markedText(text)).toBe(shown));
