import { Checkbox, type MantineColorScheme, useMantineColorScheme } from "@mantine/core";
import { zoneName } from "../../format.ts";
import { setPreference, usePreferences } from "../../preferences.ts";
import { ChoiceField } from "./choice-field.tsx";
import classes from "./profile.module.css";
import { profileTexts } from "./profile-texts.ts";

const schemes: readonly MantineColorScheme[] = ["auto", "light", "dark"];

/** Colours and contrast of this browser. */
export function AppearancePanel() {
  const words = profileTexts.appearance;
  const { contrast } = usePreferences();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <section className={classes.panel} aria-labelledby="appearance">
      <h2 id="appearance" className={classes.section}>
        {words.title}
      </h2>
      <ChoiceField
        label={words.scheme}
        choices={schemes.map((value) => ({ value, label: words.schemes[value] }))}
        value={colorScheme}
        onChange={setColorScheme}
      />
      <ChoiceField
        label={words.contrast}
        hint={words.contrastHint}
        choices={(["system", "more"] as const).map((value) => ({ value, label: words.contrasts[value] }))}
        value={contrast}
        onChange={(value) => setPreference("contrast", value)}
      />
      <p className={classes.muted}>{words.kept}</p>
    </section>
  );
}

/** Time zone, density and keys of this browser. */
export function ReadingPanel() {
  const words = profileTexts.reading;
  const { zone, density, letterKeys } = usePreferences();
  return (
    <section className={classes.panel} aria-labelledby="reading">
      <h2 id="reading" className={classes.section}>
        {words.title}
      </h2>
      <ChoiceField
        label={words.zone}
        hint={words.zoneHint}
        choices={[
          { value: "local", label: words.zones.local(zoneName("local")) },
          { value: "utc", label: words.zones.utc },
        ]}
        value={zone}
        onChange={(value) => setPreference("zone", value)}
      />
      <ChoiceField
        label={words.density}
        choices={(["regular", "compact"] as const).map((value) => ({ value, label: words.densities[value] }))}
        value={density}
        onChange={(value) => setPreference("density", value)}
      />
      <Checkbox
        className={classes.keys}
        label={words.keys}
        description={words.keysHint}
        checked={letterKeys}
        onChange={(event) => setPreference("letterKeys", event.currentTarget.checked)}
      />
    </section>
  );
}
