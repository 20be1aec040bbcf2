import { expect, test } from "vitest";
import { readRecipients, writeRecipients } from "./recipients.ts";

test("recipients are written as lines and read back", () => {
  const recipients = [3, "soc@example.org", "ana@example.org"];
  expect(readRecipients(writeRecipients(recipients))).toEqual({ recipients, wrong: null });
});

test("the first line that is no single address and no user is named", () => {
  expect(readRecipients("ana@example.org\n\n a, b@example.org \nuser x").wrong).toBe("a, b@example.org");
  expect(readRecipients("user x").wrong).toBe("user x");
});

test("the same one twice is one", () => {
  expect(readRecipients("ana@example.org\nana@example.org\nUSER 3\nuser 3").recipients).toEqual(["ana@example.org", 3]);
});
