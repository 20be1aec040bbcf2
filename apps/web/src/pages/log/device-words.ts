import { drawerTexts } from "./drawer-texts.ts";

/** In this order: most browsers also name those they descend from. */
const browsers = [
  ["Edge", /\bEdg(?:e|A|iOS)?\/(\d+)/],
  ["Opera", /\bOPR\/(\d+)/],
  ["Samsung Internet", /\bSamsungBrowser\/(\d+)/],
  ["Firefox", /\b(?:Firefox|FxiOS)\/(\d+)/],
  ["Chrome", /\b(?:HeadlessChrome|Chrome|CriOS)\/(\d+)/],
  ["Safari", /\bVersion\/(\d+)[\d.]* (?:Mobile\/\w+ )?Safari\//],
] as const;

const systems = [
  ["Android", /\bAndroid\b/],
  ["iPhone", /\biPhone\b/],
  ["iPad", /\biPad\b/],
  ["Windows", /\bWindows NT\b/],
  ["macOS", /\bMac OS X\b/],
  ["ChromeOS", /\bCrOS\b/],
  ["Linux", /\bLinux\b/],
] as const;

/** Programs that name themselves first: `curl/8.5.0`. */
const program = /^(curl|Wget|python-requests|Go-http-client|okhttp|PostmanRuntime|node|undici)\b\/?(\S*)/i;

/** A user agent as somebody would say it, "Chrome 141 on Windows"; null when it is none that is known. */
export const deviceWords = (userAgent: string): string | null => {
  const named = program.exec(userAgent);
  if (named) return [named[1], named[2]].filter(Boolean).join(" ");
  const browser = browsers.flatMap(([name, pattern]) => {
    const version = pattern.exec(userAgent)?.[1];
    return version === undefined ? [] : [`${name} ${version}`];
  })[0];
  const system = systems.find(([, pattern]) => pattern.test(userAgent))?.[0];
  if (browser === undefined) return null;
  return system === undefined ? browser : drawerTexts.onSystem(browser, system);
};

type Network = keyof typeof drawerTexts.network;

const networks: readonly [Network, RegExp][] = [
  ["loopback", /^(127\.|::1$|::ffff:127\.)/i],
  ["private", /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|f[cd][0-9a-f]{2}:)/i],
  ["link", /^(169\.254\.|fe[89ab][0-9a-f]:)/i],
];

/** What kind of address it is (RFC 1918, 4193, 3927, 4291). */
export const networkWords = (ip: string): string =>
  drawerTexts.network[networks.find(([, pattern]) => pattern.test(ip))?.[0] ?? "public"];
