const encoder = new TextEncoder();

/** The UTF-8 bytes of a well-formed text. */
export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** How many bytes a text takes in UTF-8. */
export const utf8Length = (text: string): number => {
  let length = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    // A surrogate is half of a pair of four bytes, so two bytes a unit.
    if (unit > 0x7f) length += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return length;
};

/** True when a text takes more than `limit` bytes in UTF-8; counts only when the length leaves it open. */
export const isLongerThan = (text: string, limit: number): boolean =>
  text.length > limit || (text.length * 3 > limit && utf8Length(text) > limit);

/** The longest beginning of a text that takes at most `limit` bytes in UTF-8 and splits no code point. */
export const headOf = (text: string, limit: number): string => {
  if (!isLongerThan(text, limit)) return text;
  let bytes = 0;
  let end = 0;
  for (const point of text) {
    bytes += utf8Length(point);
    if (bytes > limit) break;
    end += point.length;
  }
  return text.slice(0, end);
};

const hexDigits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

export const toHex = (bytes: Uint8Array): string => {
  let text = "";
  for (const byte of bytes) text += hexDigits[byte];
  return text;
};

/** Base64 of RFC 4648 §4, padded; two digits at a time. */
export const toBase64 = (bytes: Uint8Array): string => {
  let text = "";
  let index = 0;
  for (; index + 2 < bytes.length; index += 3) {
    const bits = (at(bytes, index) << 16) | (at(bytes, index + 1) << 8) | at(bytes, index + 2);
    text += base64Pairs[bits >>> 12];
    text += base64Pairs[bits & 0xfff];
  }
  const left = bytes.length - index;
  if (left === 0) return text;
  const bits = (at(bytes, index) << 16) | (at(bytes, index + 1) << 8);
  text += base64Pairs[bits >>> 12];
  return left === 1 ? `${text}==` : `${text}${base64Digits[(bits >>> 6) & 63]}=`;
};

const at = (bytes: Uint8Array, index: number): number => bytes[index] ?? 0;

const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const base64Pairs = Array.from({ length: 4096 }, (_, bits) => `${base64Digits[bits >>> 6]}${base64Digits[bits & 63]}`);

/** Bytes of a padded base64 text; null unless it is exactly what `toBase64` would write. */
export const fromBase64 = (text: string): Uint8Array | null => {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  const bytes = Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0));
  return toBase64(bytes) === text ? bytes : null;
};
