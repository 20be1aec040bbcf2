import { Modal } from "@mantine/core";
import { ByHand } from "./copy-by-hand.tsx";
import { useFocusBack } from "./focus-back.ts";

export type ByHandProps = { value: string; label: string; onClose: () => void };

/** A text that the browser did not copy, on a sheet of its own, for what was asked of a menu that is gone. */
export function ByHandSheet({ value, label, onClose }: ByHandProps) {
  useFocusBack();
  return (
    <Modal opened onClose={onClose} title={label}>
      <ByHand value={value} label={label} />
    </Modal>
  );
}
