import { expect, test } from "vitest";
import { asAttachment, documentName, isNamedAs } from "./names.ts";

test("a name is kept as it was sent, in any script and in either form of Unicode", () => {
  for (const name of [
    "plan.pdf",
    "Übersicht 1:500.pdf",
    "U\u0308bersicht.pdf",
    "план.pdf",
    "許可.pdf",
    "🏠.png",
    `${"a".repeat(251)}.pdf`,
  ]) {
    expect(documentName.parse(name)).toBe(name);
  }
});

test.each([
  ["a path", "../../etc/passwd.pdf"],
  ["a path of another system", "C:\\plans\\a.pdf"],
  ["a path written with one slash", "a/b.pdf"],
  ["a line break", "a\r\nSet-Cookie: x=1.pdf"],
  ["NUL", "a.pdf\0.png"],
  ["a control character", "a\u001b[2J.pdf"],
  ["a C1 control character", "a\u0085.pdf"],
  ["a line separator", "a\u2028.pdf"],
  ["half a character", "a\ud800.pdf"],
  ["nothing", ""],
  ["only spaces", "   "],
  ["more than 255 characters", `${"a".repeat(252)}.pdf`],
])("a name with %s is refused", (_, name) => {
  expect(documentName.safeParse(name).success).toBe(false);
});

test("the end of a name must agree with what the file is", () => {
  expect(isNamedAs("Plan.PDF", "pdf")).toBe(true);
  expect(isNamedAs("photo.jpeg", "jpg")).toBe(true);
  expect(isNamedAs("photo.tar.png", "png")).toBe(true);
  for (const name of [
    "plan.pdf.exe",
    "plan",
    ".pdf",
    "pdf",
    "plan.pdf ",
    "plan.",
    "..",
    "plan.png",
    "plan.pdf\u200b",
  ]) {
    expect(isNamedAs(name, "pdf")).toBe(false);
  }
});

test("the header of a download carries every name whole and nothing besides", () => {
  expect(asAttachment("plan.pdf")).toBe('attachment; filename="plan.pdf"');
  expect(asAttachment("Übersicht.pdf")).toBe(
    "attachment; filename=\"_bersicht.pdf\"; filename*=UTF-8''%C3%9Cbersicht.pdf",
  );
  expect(asAttachment('a"; filename=evil.html;.pdf')).toBe('attachment; filename="a\\"; filename=evil.html;.pdf"');
  expect(asAttachment("100%41.pdf")).toContain("filename*=UTF-8''100%2541.pdf");
  for (const name of ["許可'(1).pdf", "\u202egpj.pdf", "a;b,c=d.pdf", "🏠.png"]) {
    const header = asAttachment(name);
    expect(header).toMatch(/^attachment; filename="[\x20-\x7e]+"(?:; filename\*=UTF-8''[\w!#$&+.^`|~%-]+)?$/);
    const encoded = /filename\*=UTF-8''(.+)$/.exec(header)?.[1];
    expect(encoded === undefined ? /filename="(.+)"$/.exec(header)?.[1] : decodeURIComponent(encoded)).toBe(name);
  }
});
