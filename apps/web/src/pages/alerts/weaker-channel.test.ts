import { expect, test } from "vitest";
import type { AlertRule, Channel } from "../../api.ts";
import { isWeaker } from "./weaker-channel.ts";

const pager = {
  id: 2,
  kind: "webhook",
  enabled: true,
  isDefault: true,
  url: "https://a.example/in",
  recipients: null,
  stream: null,
} as unknown as Channel;
const named = { shipped: "at_once", channelIds: [2] } as unknown as AlertRule;
const own = { shipped: null, channelIds: [2] } as unknown as AlertRule;

test.each([
  [{ enabled: false }, true],
  [{ isDefault: false }, true],
  [{ url: "https://b.example/in" }, true],
  [{ isElsewhere: true }, true],
  [null, true],
  [{ enabled: true }, false],
])("a channel of every rule that becomes %j reaches fewer: %s", (change, expected) => {
  expect(isWeaker(pager, [], change)).toBe(expected);
});

test("a channel that no rule of the product sends through is changed and removed by one alone", () => {
  const quiet = { ...pager, isDefault: false };
  expect(isWeaker(quiet, [own], { enabled: false })).toBe(false);
  expect(isWeaker(quiet, [own], null)).toBe(false);
  expect(isWeaker(quiet, [named], null)).toBe(true);
});

test("a stream of other events is weaker, of the same ones in another format it is not", () => {
  const lake = { ...pager, kind: "stream", isDefault: false, stream: { filter: { codes: ["permit_read"] } } };
  expect(isWeaker(lake as unknown as Channel, [], { filter: {} })).toBe(true);
  expect(isWeaker(lake as unknown as Channel, [], { filter: { codes: ["permit_read"] } })).toBe(false);
});
