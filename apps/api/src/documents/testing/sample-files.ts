import { crc32, deflateSync } from "node:zlib";

/** A whole PDF of one page with this line on it. */
export const samplePdf = (line: string): Buffer<ArrayBuffer> => {
  const content = `BT /F1 18 Tf 72 720 Td (${line.replace(/[^\x20-\x7e]|[()\\]/g, " ")}) Tj ET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let file = "%PDF-1.4\n";
  const offsets = objects.map((object, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, "0")} 00000 n \n`;
  });
  const xref = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.join("")}`;
  const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`;
  return Buffer.from(`${file}${xref}${trailer}`, "latin1");
};

const pngChunk = (type: string, data: Uint8Array): Buffer<ArrayBuffer> => {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const crc = Buffer.alloc(4);
  crc.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, crc]);
};

/** A grey square, with other chunks between its head and its data if any are given. */
export const samplePng = (size = 8, between: readonly [type: string, data: Uint8Array][] = []): Buffer<ArrayBuffer> => {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const line = Buffer.concat([Buffer.of(0), Buffer.alloc(size, 0x80)]);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    pngChunk("IHDR", header),
    ...between.map(([type, data]) => pngChunk(type, data)),
    pngChunk("IDAT", deflateSync(Buffer.concat(Array.from({ length: size }, () => line)))),
    pngChunk("IEND", Buffer.alloc(0)),
  ]);
};

const jpegSegment = (marker: number, data: Uint8Array): Buffer<ArrayBuffer> =>
  Buffer.concat([Buffer.of(0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 0xff), data]);

/** One grey pixel, baseline, with other segments at its head if any are given. */
export const sampleJpeg = (segments: readonly [marker: number, data: Uint8Array][] = []): Buffer<ArrayBuffer> => {
  const oneCode = [1, ...Array.from({ length: 15 }, () => 0), 0];
  return Buffer.concat([
    Buffer.of(0xff, 0xd8),
    jpegSegment(0xe0, Buffer.from("JFIF\0\x01\x01\0\0\x01\0\x01\0\0", "latin1")),
    ...segments.map(([marker, data]) => jpegSegment(marker, data)),
    jpegSegment(0xdb, Buffer.of(0, ...Array.from({ length: 64 }, () => 1))),
    jpegSegment(0xc0, Buffer.of(8, 0, 1, 0, 1, 1, 1, 0x11, 0)),
    jpegSegment(0xc4, Buffer.of(0x00, ...oneCode)),
    jpegSegment(0xc4, Buffer.of(0x10, ...oneCode)),
    jpegSegment(0xda, Buffer.of(1, 1, 0, 0, 63, 0)),
    Buffer.of(0x3f, 0xff, 0xd9),
  ]);
};
