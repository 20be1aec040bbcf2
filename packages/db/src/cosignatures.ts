import type { Database } from "./client.ts";

/** `witness` is its vkey; `line` is the line of the note, without newline. */
export type Cosignature = { epoch: number; size: number; witness: string; line: string; cosignedAt: string };

/** Keeps what a witness signed; a second one of the same witness for the same checkpoint is left out. */
export const insertCosignature = async (db: Database, cosignature: Cosignature): Promise<void> => {
  const { epoch, size, witness, line, cosignedAt } = cosignature;
  await db.sql`
    insert into ledger_cosignature (epoch, size, witness, line, cosigned_at)
    values (${epoch}, ${size}, ${witness}, ${line}, ${cosignedAt}) on conflict do nothing`;
};

/** The largest size that this witness cosigned, as far as the database knows; 0 when it cosigned none. */
export const cosignedSize = async (db: Database, epoch: number, witness: string): Promise<number> =>
  Number(
    (
      await db.sql`
        select size::float8 as size from ledger_cosignature
        where epoch = ${epoch} and witness = ${witness} order by size desc limit 1`
    )[0]?.size ?? 0,
  );
