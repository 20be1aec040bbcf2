/** What reading a foreign text gives: the value, or which rule it breaks. */
export type Outcome<Value, Reason> = { ok: true; value: Value } | { ok: false; reason: Reason };

export const found = <Value>(value: Value): { ok: true; value: Value } => ({ ok: true, value });
export const refused = <Reason>(reason: Reason): { ok: false; reason: Reason } => ({ ok: false, reason });
