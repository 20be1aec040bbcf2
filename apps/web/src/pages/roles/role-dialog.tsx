import type { EventCode } from "@countersign/audit/catalogue";
import { Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { failureOf } from "../../api.ts";
import { approvalTexts } from "../../components/approval-texts.ts";
import dialog from "../../components/form-dialog.module.css";
import { FormDialog } from "../../components/form-dialog.tsx";
import { useApproval } from "../../components/needs-approval.ts";
import { texts } from "../../texts.ts";
import { rolesTexts as words } from "./roles-texts.ts";

type Values = { name: string; description: string; reason: string };
type Props = {
  title: string;
  effect: string;
  /** What the reader should know besides. */
  remark?: string | null;
  verb: string;
  initial: { name: string; description: string };
  /** Whether a reason is asked for although no second person is. */
  takesReason?: boolean;
  event: EventCode;
  isNameFixed?: boolean;
  error: unknown;
  isWorking: boolean;
  onClose: () => void;
  onAct: (values: Values) => void;
  onReadAgain?: () => void;
};

/** Name and purpose of a role. What the server finds wrong stands at the name. */
export function RoleDialog(props: Props) {
  const {
    title,
    effect,
    remark,
    verb,
    initial,
    takesReason = false,
    event,
    isNameFixed = false,
    error,
    isWorking,
    onClose,
    onAct,
    onReadAgain,
  } = props;
  const waits = useApproval(event) === "required";
  const [values, setValues] = useState<Values>({ ...initial, reason: "" });
  const [isTried, setTried] = useState(false);
  const failure = error ? failureOf(error) : null;
  const isAtName = failure?.fields.some(({ path }) => path === "name") ?? false;
  const problem =
    values.name.trim() === "" ? words.nameNeeded : values.name.trim() === values.name ? null : words.nameBlanks;
  const lacksReason = waits && values.reason.trim() === "";
  const set = (field: keyof Values) => (event: { currentTarget: { value: string } }) => {
    const { value } = event.currentTarget;
    setValues((before) => ({ ...before, [field]: value }));
  };
  return (
    <FormDialog
      title={title}
      effect={effect}
      verb={waits ? approvalTexts.verb : verb}
      error={isAtName ? null : error}
      isWorking={isWorking}
      isReady={() => {
        setTried(true);
        return problem === null && !lacksReason;
      }}
      onClose={onClose}
      onSend={() => onAct(values)}
      onReadAgain={onReadAgain}
    >
      {remark ? <p className={dialog.effectText}>{remark}</p> : null}
      {waits ? <p className={dialog.approval}>{approvalTexts.needed}</p> : null}
      <TextInput
        label={words.name}
        description={words.nameHint}
        withAsterisk
        required
        maxLength={100}
        data-autofocus
        disabled={isNameFixed}
        value={values.name}
        onChange={set("name")}
        error={(isTried ? problem : null) ?? (isAtName ? failure?.message : null)}
      />
      <Textarea
        label={`${words.description} (${texts.permit.optional})`}
        autosize
        minRows={2}
        maxRows={6}
        maxLength={1_000}
        value={values.description}
        onChange={set("description")}
      />
      {takesReason || waits ? (
        <TextInput
          label={waits ? texts.permit.reason : `${texts.permit.reason} (${texts.permit.optional})`}
          description={waits ? approvalTexts.reason : texts.permit.reasonHint}
          withAsterisk={waits}
          required={waits}
          error={isTried && lacksReason ? texts.permit.reasonNeeded : null}
          maxLength={2_000}
          value={values.reason}
          onChange={set("reason")}
        />
      ) : null}
    </FormDialog>
  );
}
