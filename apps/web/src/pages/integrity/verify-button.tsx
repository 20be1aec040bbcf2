import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "../../api.ts";
import { FailureNote } from "../../components/failure-note.tsx";
import { ReasonedButton } from "../../components/reasoned-button.tsx";
import { useMay } from "../../me.ts";
import { useLostAt } from "../../reach.ts";
import { texts } from "../../texts.ts";
import classes from "./integrity.module.css";
import { integrityTexts } from "./integrity-texts.ts";
import { isUnderWay, type Run } from "./verification-runs.ts";

const words = integrityTexts.runs;

/** Asks for a verification of the whole log; its progress stands among the verifications. */
export const useVerify = () => {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const readAgain = () => queries.invalidateQueries(trpc.integrity.status.queryFilter());
  return useMutation(trpc.integrity.verify.mutationOptions({ onSettled: readAgain }));
};

type Verifying = ReturnType<typeof useVerify>;

export function VerifyButton({ runs, verifying }: { runs: readonly Run[]; verifying: Verifying }) {
  const mayVerify = useMay("audit.verify");
  const isLost = useLostAt() !== null;
  const reason = !mayVerify
    ? texts.notPermitted.needs("audit.verify")
    : isLost
      ? texts.failure.offlineReason
      : isUnderWay(runs)
        ? words.underWay
        : null;
  return (
    <ReasonedButton
      reason={reason}
      onClick={() => {
        if (!verifying.isPending) verifying.mutate();
      }}
    >
      {verifying.isPending ? words.asking : words.verify}
    </ReasonedButton>
  );
}

/** Why the verification was not asked for. */
export function VerifyFailure({ verifying }: { verifying: Verifying }) {
  if (!verifying.error) return null;
  return (
    <div className={classes.note}>
      <FailureNote error={verifying.error} />
    </div>
  );
}
