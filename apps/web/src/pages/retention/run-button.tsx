import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { type Receipt, useTRPC } from "../../api.ts";
import { ActDialog } from "../../components/act-dialog.tsx";
import { ReasonedButton } from "../../components/reasoned-button.tsx";
import { useMay } from "../../me.ts";
import { useLostAt } from "../../reach.ts";
import { texts } from "../../texts.ts";
import { retentionTexts } from "./retention-texts.ts";

const words = retentionTexts.run;

/** Asks for a run outside of the schedule. */
export function RunButton({ isOpen, onDone }: { isOpen: boolean; onDone: (receipt: Receipt) => void }) {
  const trpc = useTRPC();
  const mayManage = useMay("retention.manage");
  const isLost = useLostAt() !== null;
  const [isAsking, setAsking] = useState(false);
  const run = useMutation(
    trpc.retention.run.mutationOptions({
      onSuccess: (answer) => {
        setAsking(false);
        onDone(answer);
      },
    }),
  );
  const offline = isLost ? texts.failure.offlineReason : null;
  const reason = !mayManage ? words.lacks : isOpen ? words.underWay : offline;
  return (
    <>
      <ReasonedButton reason={reason} onClick={() => setAsking(true)}>
        {words.button}
      </ReasonedButton>
      {isAsking ? (
        <ActDialog
          title={words.title}
          effect={words.effect}
          verb={words.verb}
          needsReason
          error={run.error}
          isWorking={run.isPending}
          onClose={() => {
            setAsking(false);
            run.reset();
          }}
          onAct={(why) => run.mutate({ reason: why })}
        />
      ) : null}
    </>
  );
}
