import { TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { type Asked, type Done, failureOf, type Office, type Permit, useTRPC } from "../../api.ts";
import { ActDialog, Effects } from "../../components/act-dialog.tsx";
import { givenReason } from "../../components/given-reason.ts";
import { dateDistance, dateIn, isPlainDate, plainDate } from "../../format.ts";
import { texts } from "../../texts.ts";
import { nextLastDay } from "./renewal.ts";

const words = texts.permit;

type Props = {
  permit: Permit;
  office: Office | undefined;
  onClose: () => void;
  onDone: (done: Done | Asked) => void;
  onReadAgain: () => void;
};

/** Asks for the new last day and shows how far it lies from the old one. */
export function RenewDialog({ permit, office, onClose, onDone, onReadAgain }: Props) {
  const trpc = useTRPC();
  const [validTo, setValidTo] = useState(() =>
    office ? nextLastDay(permit.validTo, dateIn(office.timeZone, Date.now()), office.defaultValidDays) : "",
  );
  const [isTried, setTried] = useState(false);
  const renew = useMutation(trpc.permits.renew.mutationOptions({ onSuccess: onDone }));
  const refused = renew.error && failureOf(renew.error).fields.some(({ path }) => path === "validTo");
  const missing = isTried && !isPlainDate(validTo) ? words.renewNeeded : null;
  const distance = dateDistance(permit.validTo, validTo);
  return (
    <ActDialog
      title={words.renewTitle(permit.permitNumber)}
      effect={words.renewEffect(permit.holderName)}
      verb={words.renew}
      event="permit_renew"
      error={refused ? null : renew.error}
      isWorking={renew.isPending}
      onClose={onClose}
      isReady={() => {
        setTried(true);
        return isPlainDate(validTo);
      }}
      onAct={(reason, wish) =>
        renew.mutate({
          permitId: permit.id,
          version: permit.version,
          validTo,
          ...givenReason(reason),
          ...wish,
        })
      }
      onReadAgain={() => {
        renew.reset();
        onReadAgain();
      }}
    >
      <TextInput
        type="date"
        label={words.renewTo}
        withAsterisk
        required
        data-autofocus
        value={validTo}
        error={missing ?? (refused && renew.error ? failureOf(renew.error).message : null)}
        onChange={(event) => {
          setValidTo(event.currentTarget.value);
          if (refused) renew.reset();
        }}
      />
      <Effects>
        {permit.status === "active" ? null : (
          <div>
            <dt>{words.status}</dt>
            <dd>
              <del>{texts.permitStatus[permit.status]}</del> → {texts.permitStatus.active}
            </dd>
          </div>
        )}
        <div>
          <dt>{words.validTo}</dt>
          <dd>
            <del>{permit.validTo ? plainDate(permit.validTo) : texts.permits.unset}</del>
            {isPlainDate(validTo) ? ` → ${plainDate(validTo)}` : null}
            {distance ? ` (${distance})` : null}
          </dd>
        </div>
      </Effects>
    </ActDialog>
  );
}
