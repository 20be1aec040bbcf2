import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { highTokens, type Scheme, type Token, tokens } from "./tokens.ts";

const channel = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
/** Relative luminance of WCAG 2.2. */
const luminance = (hex: string) => {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => channel(Number.parseInt(hex.slice(at, at + 2), 16) / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a: string, b: string) => {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
};

const schemes: Scheme[] = ["light", "dark"];
const grounds: Token[] = ["page", "surface", "raised", "hover", "selected"];

test.each(schemes)("text is at least 4.5:1 on every ground of the %s scheme", (scheme) => {
  const pairs = (["text", "muted", "accent"] as const).flatMap((ink) =>
    grounds.map((ground) => [ink, ground] as const),
  );
  const weak = pairs.filter(([ink, ground]) => contrast(tokens[scheme][ink], tokens[scheme][ground]) < 4.5);
  expect(weak).toEqual([]);
});

test.each(schemes)("marks and control borders are at least 3:1 on the grounds of the %s scheme", (scheme) => {
  const inks = ["info", "low", "medium", "high", "critical", "control"] as const;
  const pairs = inks.flatMap((ink) => (["page", "surface", "raised"] as const).map((ground) => [ink, ground] as const));
  const weak = pairs.filter(([ink, ground]) => contrast(tokens[scheme][ink], tokens[scheme][ground]) < 3);
  expect(weak).toEqual([]);
});

test.each(schemes)("words on a button filled with the accent are readable in the %s scheme", (scheme) => {
  expect(contrast(tokens[scheme].onAccent, tokens[scheme].accent)).toBeGreaterThan(4.5);
});

test.each(schemes)("changed words stay readable on their tint in the %s scheme", (scheme) => {
  expect(contrast(tokens[scheme].text, tokens[scheme].removed)).toBeGreaterThan(4.5);
  expect(contrast(tokens[scheme].text, tokens[scheme].added)).toBeGreaterThan(4.5);
});

test.each(schemes)("with high contrast text is at least 7:1 on every ground of the %s scheme", (scheme) => {
  const palette = highTokens[scheme];
  const inks = ["text", "muted", "accent"] as const;
  const pairs = [
    ...inks.flatMap((ink) => grounds.map((ground) => [ink, ground] as const)),
    ...(["removed", "added"] as const).map((ground) => ["text", ground] as const),
    ["onAccent", "accent"] as const,
  ];
  expect(pairs.filter(([ink, ground]) => contrast(palette[ink], palette[ground]) < 7)).toEqual([]);
});

test.each(schemes)(
  "with high contrast marks and borders are 4.5:1, lines 3:1, on the grounds of the %s scheme",
  (scheme) => {
    const palette = highTokens[scheme];
    const least = { info: 4.5, low: 4.5, medium: 4.5, high: 4.5, critical: 4.5, control: 4.5, line: 3 } as const;
    const pairs = (Object.keys(least) as (keyof typeof least)[]).flatMap((ink) =>
      (["page", "surface", "raised"] as const).map((ground) => [ink, ground] as const),
    );
    expect(pairs.filter(([ink, ground]) => contrast(palette[ink], palette[ground]) < least[ink])).toEqual([]);
  },
);

test("the contrast formula gives 21 for black on white", () => {
  expect(contrast("#000000", "#FFFFFF")).toBeCloseTo(21, 5);
});

test("the ground painted before the script runs is the page colour of each scheme", () => {
  const css = readFileSync(new URL("./styles/base.css", import.meta.url), "utf8").toLowerCase();
  expect(css).toContain(`background: ${tokens.light.page.toLowerCase()}`);
  expect(css).toContain(`background: ${tokens.dark.page.toLowerCase()}`);
});
