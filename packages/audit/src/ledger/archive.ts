/**
 * What retention leaves of a month in the archive: two gzipped files of one JSON object a line, in the order of the leaves.
 * The leaves' file is never written again: their hashes, in order, make the root in the manifest. The file of details may
 * lose lines to an erasure; each of its lines opens the commitment in its leaf.
 */
export type LeafLine = { index: number; id: string; leaf: string };
/** `salt` is base64. An event whose details were erased before has no line. */
export type DetailsLine = { index: number; details: string; salt: string };

/** The names of both files in the archive's folder. */
export const archiveNames = (manifestId: string): { leaves: string; details: string } => ({
  leaves: `${manifestId}.leaves.ndjson.gz`,
  details: `${manifestId}.details.ndjson.gz`,
});

/** Facts of a `sys_retention_drop` event: what a manifest says, provable without the database. Hashes are base64. */
export type DropFacts = {
  partition: string;
  epoch: number;
  first: number;
  last: number;
  count: number;
  /** SHA-256 of the bitmap. */
  bitmap: string;
  /** RFC 6962 root over the leaf hashes in their order. */
  root: string;
};

/** Whether a bitmap has the leaf: a bit for each from `first` on, the least significant of a byte first. */
export const isInBitmap = (bitmap: Uint8Array, first: number, index: number): boolean => {
  const place = index - first;
  return place >= 0 && ((bitmap[Math.floor(place / 8)] ?? 0) & (1 << (place % 8))) !== 0;
};

/** The bitmap of these indices, which are in order. */
export const bitmapOf = (indices: readonly number[]): { first: number; last: number; bitmap: Uint8Array } => {
  const [first = 0] = indices;
  const last = indices.at(-1) ?? first;
  const bitmap = new Uint8Array(Math.floor((last - first) / 8) + 1);
  for (const index of indices) {
    const place = index - first;
    bitmap[Math.floor(place / 8)] = (bitmap[Math.floor(place / 8)] ?? 0) | (1 << (place % 8));
  }
  return { first, last, bitmap };
};
