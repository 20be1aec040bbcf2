import { expect, test } from "vitest";
import { atMost, type FileType, fileTypeOf, onlyOfType } from "./media-types.ts";
import { sampleJpeg, samplePdf, samplePng } from "./testing/sample-files.ts";

const inPieces = async function* (file: Uint8Array, size: number) {
  for (let at = 0; at < file.length; at += size) yield file.subarray(at, at + size);
};

const verdict = async (file: Uint8Array, type: FileType, size = 7): Promise<string> => {
  const passed: Uint8Array[] = [];
  try {
    for await (const piece of onlyOfType(inPieces(file, size), type)) passed.push(piece);
  } catch (error) {
    return (error as { reason: string }).reason;
  }
  return Buffer.concat(passed).equals(file) ? "whole" : "changed";
};

const bytes = (...parts: (string | Uint8Array)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)));

const zipEnd = bytes("PK\x05\x06", Buffer.alloc(18));
const files = { pdf: samplePdf("Site plan"), png: samplePng(), jpg: sampleJpeg() } satisfies Record<FileType, Buffer>;
const types = Object.keys(files) as FileType[];

test.each(types)("a whole %s passes as it is, in pieces of any size", async (type) => {
  for (const size of [1, 2, 13, 64, 100_000]) expect(await verdict(files[type], type, size)).toBe("whole");
});

test.each(types)(
  "what is no %s is refused, and so is one that was cut or has something after its end",
  async (type) => {
    for (const other of types.filter((name) => name !== type)) {
      expect(await verdict(files[other], type)).toBe("wrong_content");
    }
    const whole = files[type];
    expect(await verdict(whole.subarray(0, -3), type)).toBe("wrong_content");
    expect(await verdict(whole.subarray(0, 9), type)).toBe("wrong_content");
    expect(await verdict(whole.subarray(1), type)).toBe("wrong_content");
    expect(await verdict(bytes(whole, "x"), type)).toBe("wrong_content");
    expect(await verdict(bytes(whole, "<script>alert(1)</script>"), type)).toBe("wrong_content");
    expect(await verdict(bytes("\n", whole), type)).toBe("wrong_content");
    expect(await verdict(bytes("<html>", whole), type)).toBe("wrong_content");
  },
);

test("pages, drawings and archives are refused whatever they are called", async () => {
  const others = ["<!DOCTYPE html><p>hello", "<svg xmlns='http://www.w3.org/2000/svg'/>", "GIF89a", "PK\x03\x04", "\0"];
  for (const other of others) {
    for (const type of types) expect(await verdict(bytes(other), type)).toBe("wrong_content");
  }
});

test("an empty file is refused as empty", async () => {
  for (const type of types) expect(await verdict(Buffer.alloc(0), type)).toBe("empty_file");
});

test.each<[string, FileType, Buffer]>([
  ["a PDF that begins as a page", "pdf", bytes("%PDF-1.4\n<html><script>", files.pdf)],
  [
    "a PDF with a ZIP archive after it and another end after that",
    "pdf",
    bytes(files.pdf, zipEnd, "startxref\n9\n%%EOF"),
  ],
  ["a PDF without a version", "pdf", bytes("%PDF-", files.pdf.subarray(8))],
  ["a PDF whose last line only looks like an end", "pdf", bytes(files.pdf.subarray(0, 60), "\n%%EOF\n")],
  ["a JPEG with a page in its comment", "jpg", sampleJpeg([[0xfe, bytes("<SCRIPT src=x>")]])],
  ["a JPEG with a PDF in its comment", "jpg", sampleJpeg([[0xfe, bytes("%PDF-1.4\n")]])],
  ["a JPEG with a ZIP archive in its last comment", "jpg", sampleJpeg([[0xfe, zipEnd]])],
  ["a JPEG with a ZIP archive and another end after it", "jpg", bytes(files.jpg, zipEnd, "\xff\xd9")],
  ["a JPEG without a picture", "jpg", bytes("\xff\xd8\xff\xd9")],
  ["a JPEG with a segment shorter than its own length", "jpg", bytes("\xff\xd8\xff\xe0\0\x01", files.jpg.subarray(2))],
  ["a JPEG whose second picture is cut", "jpg", bytes(files.jpg, files.jpg.subarray(0, 40))],
  ["a PNG with a page in a text", "png", samplePng(8, [["tEXt", bytes("a\0<iframe>")]])],
  ["a PNG with a PDF in a text", "png", samplePng(8, [["zzZz", bytes("%PDF-1.7")]])],
  ["a PNG with a ZIP archive in a chunk", "png", samplePng(8, [["zzZz", zipEnd]])],
  ["a PNG with a second picture after its end", "png", bytes(files.png, files.png)],
  ["a PNG with a chunk whose name is no name", "png", samplePng(8, [["a\0b1", bytes("x")]])],
  ["a PNG whose first chunk is not its header", "png", bytes(files.png.subarray(0, 8), files.png.subarray(33))],
  ["a PNG without a picture", "png", bytes(files.png.subarray(0, 33), files.png.subarray(-12))],
])("%s is refused", async (_, type, file) => {
  expect(await verdict(file, type, 3)).toBe("wrong_content");
  expect(await verdict(file, type, 100_000)).toBe("wrong_content");
});

test("a photograph with a second picture inside its file passes, as cameras write it", async () => {
  expect(await verdict(bytes(files.jpg, sampleJpeg([[0xe1, bytes("Exif\0\0")]])), "jpg")).toBe("whole");
  expect(await verdict(sampleJpeg([[0xe1, bytes("Exif\0\0", files.jpg)]]), "jpg")).toBe("whole");
});

test("a type is allowed by the whole of its name, and only when the office wants it", () => {
  expect(fileTypeOf("application/pdf", ["pdf"])).toBe("pdf");
  expect(fileTypeOf("Image/PNG", ["pdf", "png"])).toBe("png");
  for (const other of ["image/png", "text/html", "application/pdf, text/html", "application/pdf; x=1", "", undefined]) {
    expect(() => fileTypeOf(other, ["pdf"])).toThrowError(expect.objectContaining({ kind: "media-type" }));
  }
});

test("a file of exactly the limit passes, and with one byte more it does not", async () => {
  const read = async (size: number) => {
    let count = 0;
    for await (const piece of atMost(inPieces(new Uint8Array(size), 65_537), 1)) count += piece.length;
    return count;
  };
  expect(await read(1024 * 1024)).toBe(1024 * 1024);
  await expect(read(1024 * 1024 + 1)).rejects.toMatchObject({ kind: "too-large", reason: "body_too_large" });
});
