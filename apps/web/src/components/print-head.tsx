import { dateTime, type Zone, zoneName } from "../format.ts";
import { useMe } from "../me.ts";
import { usePreferences } from "../preferences.ts";
import { texts } from "../texts.ts";
import { Foreign } from "./foreign.tsx";
import { useOfficeName } from "./office-name.tsx";
import classes from "./page.module.css";
import { useIsPrinting } from "./printing.ts";

/** On paper: what was asked for, who printed it and when, and the address that shows it again. */
export function PrintHead({ query, zone: shown }: { query: string | undefined; zone: Zone | undefined }) {
  const me = useMe();
  const { zone: chosen } = usePreferences();
  const zone = shown ?? chosen;
  const office = useOfficeName();
  if (!useIsPrinting()) return null;
  const at = `${dateTime(new Date().toISOString(), zone)} ${zoneName(zone)}`;
  return (
    <div className={classes.printHead}>
      {office ? (
        <p>
          <Foreign text={office} />
        </p>
      ) : null}
      {query ? (
        <p>
          <Foreign text={query} />
        </p>
      ) : null}
      <p>
        <Foreign text={texts.print(me?.name ?? "", at)} />
        <br />
        {window.location.href}
      </p>
    </div>
  );
}
