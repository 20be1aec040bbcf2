import { type MantineColorScheme, Menu, useMantineColorScheme } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { Keyboard, ListTodo, LogOut, UserRound } from "lucide-react";
import type { ReactElement } from "react";
import { areDone, useFirstSteps } from "../first-steps.ts";
import { useSignOut } from "../me.ts";
import { texts } from "../texts.ts";
import { type OpenerProps, useOpenNow } from "./late.ts";

const schemes: readonly { value: MantineColorScheme; label: string }[] = [
  { value: "auto", label: texts.nav.system },
  { value: "light", label: texts.nav.light },
  { value: "dark", label: texts.nav.dark },
];

const schemeOf = (value: string): MantineColorScheme =>
  schemes.find((scheme) => scheme.value === value)?.value ?? "auto";

type Props = { button: (props: OpenerProps) => ReactElement; onKeys: () => void };

/** The account's menu; it is drawn first when its button was pressed, and so opens at once. */
export function AccountItems({ button, onKeys }: Props) {
  const router = useRouter();
  const signOut = useSignOut();
  const { data: steps } = useFirstSteps();
  const { isOpen, setOpen, button: target } = useOpenNow();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu opened={isOpen} onChange={setOpen} position="top-start" width={220} withinPortal>
      <Menu.Target>{button({ ref: target })}</Menu.Target>
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
        {areDone(steps) ? null : (
          <Menu.Item
            leftSection={<ListTodo size={16} aria-hidden />}
            onClick={() => void router.navigate({ to: "/welcome" })}
          >
            {texts.nav.firstSteps}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<Keyboard size={16} aria-hidden />} onClick={onKeys}>
          {texts.nav.shortcuts}
        </Menu.Item>
        <Menu.Item
          leftSection={<UserRound size={16} aria-hidden />}
          onClick={() => void router.navigate({ to: "/profile" })}
        >
          {texts.nav.profile}
        </Menu.Item>
        <Menu.Item leftSection={<LogOut size={16} aria-hidden />} onClick={signOut}>
          {texts.nav.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
