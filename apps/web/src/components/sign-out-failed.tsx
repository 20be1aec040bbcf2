import { useMutationState } from "@tanstack/react-query";
import { useTRPC } from "../api.ts";
import { useSignOut } from "../me.ts";
import { texts } from "../texts.ts";
import { FailureNote } from "./failure-note.tsx";
import classes from "./states.module.css";

/** Says that signing out did not work: whoever leaves this screen believes otherwise. */
export function SignOutFailed() {
  const trpc = useTRPC();
  const signOut = useSignOut();
  const tries = useMutationState({
    filters: { mutationKey: trpc.auth.signOut.mutationKey() },
    select: ({ state }) => (state.status === "error" ? state.error : null),
  });
  const error = tries.at(-1) ?? null;
  if (error === null) return null;
  return (
    <div className={classes.above}>
      <FailureNote title={texts.failure.signOut} error={error} onRetry={signOut} />
    </div>
  );
}
