import { type ComponentProps, useEffect, useRef, useState } from "react";
import { checkReach } from "../reach.ts";

/** What a button that opens something takes. */
export type OpenerProps = Pick<
  ComponentProps<"button">,
  "ref" | "onClick" | "onPointerEnter" | "onFocus" | "aria-haspopup" | "aria-expanded"
>;

/**
 * Loads what stands behind a button when it is first pressed, so that no page waits for it: what was loaded, and what the button
 * does until then. Without a connection nothing opens and the offline note says why.
 */
export const useLate = <T>(load: () => Promise<T>) => {
  const [loaded, setLoaded] = useState<T | null>(null);
  const soon = () => void load().catch(() => undefined);
  const ask = async () => {
    try {
      const module = await load();
      setLoaded(() => module);
    } catch (error) {
      const isReached = await checkReach();
      // The server is there and has it no more: a newer version runs, which the page that says so can load.
      if (isReached) {
        setLoaded(() => {
          throw error;
        });
      }
    }
  };
  return { loaded, ask, opener: { onClick: () => void ask(), onPointerEnter: soon, onFocus: soon } };
};

/** Opens what was just loaded. It took the place of the button that was pressed, so the focus goes to its own. */
export const useOpenNow = () => {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    button.current?.focus();
    setOpen(true);
  }, []);
  return { isOpen, setOpen, button };
};
