import { CopyButton } from "../../components/copy-button.tsx";
import { Foreign } from "../../components/foreign.tsx";
import classes from "./welcome.module.css";

type Props = { rows: readonly { name: string; value: string }[]; copy: string };

/** What is shown once, each with a way to copy it. */
export function ShownOnce({ rows, copy }: Props) {
  return (
    <dl className={classes.once}>
      {rows.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <code>
              <Foreign text={value} />
            </code>
            <CopyButton value={value} label={copy} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
