import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTRPCClient } from "../../api.ts";
import { FailureNote } from "../../components/failure-note.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { Value } from "../../events/value.tsx";
import { fieldName, texts } from "../../texts.ts";
import classes from "./permit-conflict.module.css";
import { type PermitValues, permitFields, valuesOf } from "./permit-values.ts";

type Props = {
  message: string;
  permitId: number;
  opened: PermitValues;
  mine: PermitValues;
  isWorking: boolean;
  onKeepMine: (version: number) => void;
  onTakeTheirs: () => void;
};

/** Both versions side by side, when somebody else was faster; nothing is overwritten unseen. */
export function PermitConflict({ message, permitId, opened, mine, isWorking, onKeepMine, onTakeTheirs }: Props) {
  const client = useTRPCClient();
  // Its own key: the form's copy of the permit must stay what it was when it was opened.
  const now = useQuery({
    queryKey: ["conflict", permitId, message],
    queryFn: () => client.permits.read.query({ permitId }),
  });
  if (now.isError) return <FailureNote error={now.error} onRetry={() => void now.refetch()} />;
  if (!now.data) return null;
  const { permit } = now.data;
  const theirs = valuesOf(permit);
  const fields = permitFields.filter((field) => mine[field] !== theirs[field] || theirs[field] !== opened[field]);
  const shown = (text: string) => <Value value={text === "" ? null : text} zone="local" />;
  return (
    <section className={classes.conflict} role="alert" aria-labelledby="conflict">
      <h2 id="conflict" className={classes.title}>
        {texts.form.conflictTitle}
      </h2>
      <p>
        <Foreign text={message} /> {texts.form.conflictHint}
      </p>
      <table className={classes.versions}>
        <thead>
          <tr>
            <th scope="col">{texts.form.field}</th>
            <th scope="col">{texts.form.yours}</th>
            <th scope="col">{texts.form.theirs}</th>
          </tr>
        </thead>
        <tbody>
          {fields.map((field) => (
            <tr key={field} data-differs={mine[field] !== theirs[field] || undefined}>
              <th scope="row">{fieldName(field)}</th>
              <td data-changed={mine[field] !== opened[field] || undefined}>{shown(mine[field])}</td>
              <td data-changed={theirs[field] !== opened[field] || undefined}>{shown(theirs[field])}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className={classes.actions}>
        <Button variant="default" aria-disabled={isWorking} onClick={() => onKeepMine(permit.version)}>
          {texts.form.keepMine}
        </Button>
        <Button variant="default" onClick={onTakeTheirs}>
          {texts.form.takeTheirs}
        </Button>
      </div>
    </section>
  );
}
