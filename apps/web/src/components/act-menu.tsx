import { Button, type ButtonProps, Menu } from "@mantine/core";
import { ChevronDown } from "lucide-react";
import { texts } from "../texts.ts";
import classes from "./act-menu.module.css";

export type MenuAct = {
  label: string;
  /** Why it is off; null when it works. */
  reason: string | null;
  onClick: () => void;
};

type Props = ButtonProps & {
  acts: readonly MenuAct[];
  label: string;
  /** What a reader of the screen hears, when the label alone does not say of what. */
  name?: string;
};

/** Acts in a menu: what can be done first, below it what cannot, each with the reason, reachable all the same. */
export function ActMenu({ acts, label, name, ...rest }: Props) {
  const isOff = (act: MenuAct) => act.reason !== null;
  const off = acts.filter(isOff);
  return (
    <Menu position="bottom-end" width={280} withinPortal>
      <Menu.Target>
        <Button
          variant="default"
          rightSection={<ChevronDown size={14} aria-hidden />}
          {...(name !== undefined && { "aria-label": name })}
          {...rest}
        >
          {label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={classes.menu}>
        {acts
          .filter((act) => !isOff(act))
          .map(({ label, onClick }) => (
            <Menu.Item key={label} onClick={onClick}>
              {label}
            </Menu.Item>
          ))}
        {off.length > 0 ? <Menu.Label>{texts.permit.notNow}</Menu.Label> : null}
        {off.map(({ label, reason }) => (
          <Menu.Item key={label} className={classes.off} aria-disabled closeMenuOnClick={false}>
            {label}
            <span className={classes.reason}>{reason}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
