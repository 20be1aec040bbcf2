import { Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { useFocusBack } from "./focus-back.ts";

type Props = { title: string; onClose: () => void; fullScreen?: boolean; children: ReactNode };

/** What covers the page until it is closed; there only while it is open, and loaded then. */
export function Sheet({ title, onClose, fullScreen = false, children }: Props) {
  useFocusBack();
  return (
    <Modal opened onClose={onClose} title={title} fullScreen={fullScreen}>
      {children}
    </Modal>
  );
}
