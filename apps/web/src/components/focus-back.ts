import { useEffect, useState } from "react";

/** Where the focus belongs once this is gone: a chosen menu item goes with its menu, so then the button that opened that. */
const openerOf = (focused: Element | null): HTMLElement | null => {
  const menu = focused?.closest('[role="menu"]');
  const opener = menu ? document.getElementById(menu.getAttribute("aria-labelledby") ?? "") : focused;
  return opener instanceof HTMLElement ? opener : null;
};

/** Gives the focus back to what had it when a dialog appeared, for dialogs that are there only while they are open. */
export const useFocusBack = (): void => {
  const [opener] = useState(() => openerOf(document.activeElement));
  useEffect(
    () => () => {
      if (opener?.isConnected) opener.focus();
    },
    [opener],
  );
};
