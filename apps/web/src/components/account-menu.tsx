import { type MantineColorScheme, Menu, UnstyledButton, useMantineColorScheme, VisuallyHidden } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { ChevronsUpDown, Keyboard, LogOut } from "lucide-react";
import { type Me, useTRPC } from "../api.ts";
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
  const trpc = useTRPC();
  const router = useRouter();
  const queries = useQueryClient();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useMutation(
    trpc.auth.signOut.mutationOptions({
      onSuccess: async () => {
        await router.navigate({ to: "/sign-in" });
        queries.clear();
      },
    }),
  );
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
        <Menu.Item leftSection={<LogOut size={16} aria-hidden />} onClick={() => signOut.mutate()}>
          {texts.nav.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
