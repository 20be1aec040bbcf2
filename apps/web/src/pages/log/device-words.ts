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
  return system === undefined ? browser : `${browser} on ${system}`;
};
