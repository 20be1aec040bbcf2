import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { highTokens, type Scheme, type Token, tokens } from "./tokens.ts";

const channel = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
type Triple = readonly [number, number, number];
const linear = (hex: string): Triple => {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => channel(Number.parseInt(hex.slice(at, at + 2), 16) / 255));
  return [r, g, b];
};
/** Relative luminance of WCAG 2.2. */
const luminance = (hex: string) => {
  const [r, g, b] = linear(hex);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a: string, b: string) => {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
};

const through = (matrix: readonly Triple[], [r, g, b]: Triple): number[] =>
  matrix.map(([x, y, z]) => x * r + y * g + z * b);

/** What linear sRGB becomes to eyes that lack one kind of cone: Machado, Oliveira and Fernandes 2009, severity 1.0. */
const sights = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
} as const satisfies Record<string, readonly Triple[]>;
type Sight = keyof typeof sights;

/** Linear sRGB to XYZ under D65 (IEC 61966-2-1), each row by its white. */
const whitened = [
  [0.4124564 / 0.95047, 0.3575761 / 0.95047, 0.1804375 / 0.95047],
  [0.2126729, 0.7151522, 0.072175],
  [0.0193339 / 1.08883, 0.119192 / 1.08883, 0.9503041 / 1.08883],
] as const satisfies readonly Triple[];

/** CIE L*a*b* of a colour as such eyes see it. */
const labOf = (hex: string, sight: Sight): Triple => {
  const [r = 0, g = 0, b = 0] = through(sights[sight], linear(hex)).map((value) => Math.min(1, Math.max(0, value)));
  const [x = 0, y = 0, z = 0] = through(whitened, [r, g, b]).map((t) =>
    t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116,
  );
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
};
/** CIE76 ΔE. */
const distance = (one: string, other: string, sight: Sight): number => {
  const [a, b] = [labOf(one, sight), labOf(other, sight)];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
};
const marks = ["info", "low", "medium", "high", "critical"] as const;
const pairsOf = <T>(all: readonly T[]) =>
  all.flatMap((one, at) => all.slice(at + 1).map((other) => [one, other] as const));

const schemes: Scheme[] = ["light", "dark"];
const grounds: Token[] = ["page", "surface", "raised", "hover", "selected"];

test.each(schemes)("text is at least 4.5:1 on every ground of the %s scheme", (scheme) => {
  const pairs = (["text", "muted", "accent"] as const).flatMap((ink) =>
    grounds.map((ground) => [ink, ground] as const),
  );
  const weak = pairs.filter(([ink, ground]) => contrast(tokens[scheme][ink], tokens[scheme][ground]) < 4.5);
  expect(weak).toEqual([]);
});

test.each(schemes)("marks and control borders are at least 3:1 on every ground of the %s scheme", (scheme) => {
  const inks = [...marks, "control"] as const;
  const pairs = inks.flatMap((ink) => grounds.map((ground) => [ink, ground] as const));
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
      // A line only parts what stands on plain ground.
      grounds
        .filter((ground) => ink !== "line" || (ground !== "hover" && ground !== "selected"))
        .map((ground) => [ink, ground] as const),
    );
    expect(pairs.filter(([ink, ground]) => contrast(palette[ink], palette[ground]) < least[ink])).toEqual([]);
  },
);

test.each(schemes.flatMap((scheme) => (Object.keys(sights) as Sight[]).map((sight) => [scheme, sight] as const)))(
  "the five marks of the %s scheme stay apart in %s sight, with high contrast, too",
  (scheme, sight) => {
    for (const palette of [tokens[scheme], highTokens[scheme]]) {
      expect(pairsOf(marks).filter(([one, other]) => distance(palette[one], palette[other], sight) < 29)).toEqual([]);
    }
  },
);

test("the distance of colours is that of CIE76, and eyes without one cone see what they must", () => {
  expect(distance("#000000", "#FFFFFF", "normal")).toBeCloseTo(100, 3);
  expect(distance("#FF0000", "#00FF00", "normal")).toBeCloseTo(170.57, 1);
  // Red and green of one lightness are nearly one to deutan eyes, and far apart to all others.
  expect(distance("#B54A4A", "#7A6B2E", "normal")).toBeGreaterThan(distance("#B54A4A", "#7A6B2E", "deutan") * 2);
});

test("the contrast formula gives 21 for black on white", () => {
  expect(contrast("#000000", "#FFFFFF")).toBeCloseTo(21, 5);
});

test("the ground painted before the script runs is the page colour of each scheme", () => {
  const css = readFileSync(new URL("./styles/base.css", import.meta.url), "utf8").toLowerCase();
  expect(css).toContain(`background: ${tokens.light.page.toLowerCase()}`);
  expect(css).toContain(`background: ${tokens.dark.page.toLowerCase()}`);
});
