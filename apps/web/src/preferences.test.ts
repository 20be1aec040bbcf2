import { expect, test } from "vitest";
import { readPreferences } from "./preferences.ts";

const first = {
  zone: "local",
  density: "regular",
  facets: true,
  contrast: "system",
  rail: "open",
  firstSteps: "open",
  letterKeys: true,
  isHistogramShown: true,
};

test("what was chosen is read back, member by member", () => {
  expect(
    readPreferences(
      '{"zone":"utc","density":"compact","facets":false,"contrast":"more","rail":"folded","firstSteps":"left","letterKeys":false,"isHistogramShown":false}',
    ),
  ).toEqual({
    zone: "utc",
    density: "compact",
    facets: false,
    contrast: "more",
    rail: "folded",
    firstSteps: "left",
    letterKeys: false,
    isHistogramShown: false,
  });
  expect(readPreferences('{"density":"compact"}')).toEqual({ ...first, density: "compact" });
});

test.each([null, "", "null", "7", "{", '{"zone":"mars","density":3,"contrast":"less","letterKeys":"no"}'])(
  "%s is as if nothing was chosen",
  (text) => expect(readPreferences(text)).toEqual(first),
);
