import { type MantineColorScheme, Menu, UnstyledButton, useMantineColorScheme, VisuallyHidden } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { ChevronsUpDown, Keyboard, KeyRound, LogOut } from "lucide-react";
import type { Me } from "../api.ts";
import { useSignOut } from "../me.ts";
import { texts } from "../texts.ts";
import { Foreign } from "./foreign.tsx";
import classes from "./shell.module.css";

const schemes: readonly { value: MantineColorScheme; label: string }[] = [
  { value: "auto", label: texts.nav.system },
  { value: "light", label: texts.nav.light },
  { value: "dark", label: texts.nav.dark },
];

const schemeOf = (value: string): MantineColorScheme =>
  schemes.find((scheme) => scheme.value === value)?.value ?? "auto";

/** Who is signed in, the appearance, and the way out. */
export function AccountMenu({ me, onKeys }: { me: Me; onKeys: () => void }) {
  const router = useRouter();
  const signOut = useSignOut();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="top-start" width={220} withinPortal>
      <Menu.Target>
        <UnstyledButton className={classes.account}>
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
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{texts.nav.appearance}</Menu.Label>
        <Menu.RadioGroup value={colorScheme} onChange={(value) => setColorScheme(schemeOf(value))}>
          {schemes.map(({ value, label }) => (
            <Menu.RadioItem key={value} value={value}>
              {label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item leftSection={<Keyboard size={16} aria-hidden />} onClick={onKeys}>
          {texts.nav.shortcuts}
        </Menu.Item>
        <Menu.Item
          leftSection={<KeyRound size={16} aria-hidden />}
          onClick={() => void router.navigate({ to: "/password" })}
        >
          {texts.nav.password}
        </Menu.Item>
        <Menu.Item leftSection={<LogOut size={16} aria-hidden />} onClick={signOut}>
          {texts.nav.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
