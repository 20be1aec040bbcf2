import { Modal } from "@mantine/core";
import type { Me } from "../../api.ts";
import { texts } from "../../texts.ts";
import classes from "./sign-in.module.css";
import { SignInForm } from "./sign-in-form.tsx";

type Props = { isOpen: boolean; username: string; onSignedIn: (user: Me) => Promise<void> };

/** The sign-in over a page whose session ended: the page below keeps what was typed. */
export function SignInOver({ isOpen, username, onSignedIn }: Props) {
  return (
    <Modal
      opened={isOpen}
      onClose={() => undefined}
      title={texts.signIn.again}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      size="sm"
      zIndex={400}
    >
      <p className={classes.hint}>{texts.signIn.againHint}</p>
      <SignInForm username={username} onSignedIn={onSignedIn} />
    </Modal>
  );
}
