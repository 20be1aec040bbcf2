import { UnstyledButton, VisuallyHidden } from "@mantine/core";
import { ChevronsUpDown } from "lucide-react";
import type { Me } from "../api.ts";
import { texts } from "../texts.ts";
import classes from "./account-menu.module.css";
import { Foreign } from "./foreign.tsx";
import { type OpenerProps, useLate } from "./late.ts";

const load = () => import("./account-items.tsx");

type Props = { me: Me; onKeys: () => void };

/** Who is signed in, and behind it the appearance, the keys and the way out. */
export function AccountMenu({ me, onKeys }: Props) {
  const { loaded, opener } = useLate(load);
  const button = (props: OpenerProps) => <AccountButton me={me} {...props} />;
  if (loaded) return <loaded.AccountItems button={button} onKeys={onKeys} />;
  return button({ ...opener, "aria-haspopup": "menu", "aria-expanded": false });
}

function AccountButton({ me, ...rest }: OpenerProps & { me: Me }) {
  return (
    <UnstyledButton className={classes.account} {...rest}>
      <VisuallyHidden>{texts.nav.menu}</VisuallyHidden>
      <span className={classes.initials} aria-hidden>
        {[...me.name][0]?.toUpperCase()}
      </span>
      <span className={classes.who}>
        <span className={classes.whoName}>
          <Foreign text={me.name} />
        </span>
        <span className={classes.whoRole}>
          <Foreign text={me.roles.join(", ")} />
        </span>
      </span>
      <ChevronsUpDown size={14} aria-hidden className={classes.chevron} />
    </UnstyledButton>
  );
}
