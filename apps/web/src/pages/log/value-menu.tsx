import { ActionIcon, Menu, type MenuItemProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import { Ellipsis } from "lucide-react";
import { type AnchorHTMLAttributes, type Ref, useState } from "react";
import { useCopying } from "../../components/copying.ts";
import { LateByHand } from "../../components/late-by-hand.tsx";
import { texts } from "../../texts.ts";
import type { DrawerFilter, FilterOffer } from "./drawer-filter.ts";
import { drawerTexts as words } from "./drawer-texts.ts";

type AnchorProps = MenuItemProps &
  Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof MenuItemProps> & { ref?: Ref<HTMLAnchorElement> };
const ItemAnchor = (props: AnchorProps) => <Menu.Item component="a" {...props} />;
const ItemLink = createLink(ItemAnchor);

type Props = {
  /** What the value is: "Actor". */
  name: string;
  /** What is copied. */
  copy: string;
  offer?: FilterOffer | undefined;
  filter: DrawerFilter;
  /** The object whose history the value leads to. */
  object?: { type: string; id: string } | undefined;
};

/** What can be done with a value of the open event: narrow the log by it, keep it out, copy it, follow it. */
export function ValueMenu({ name, copy, offer, filter, object }: Props) {
  const { copy: copyText, copied, failed, giveUp } = useCopying();
  const [isOpen, setOpen] = useState(false);
  const modes = offer ? filter.modes(offer.field) : [];
  return (
    <>
      <Menu opened={isOpen && failed === null} onChange={setOpen} position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label={words.menuOf(name)} data-value-menu>
            <Ellipsis size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {offer
            ? modes.map((mode) => (
                <Menu.Item key={mode} onClick={() => filter.apply(mode, offer)}>
                  {words[mode]}
                </Menu.Item>
              ))
            : null}
          <Menu.Item closeMenuOnClick={false} onClick={() => copyText(copy)}>
            <span aria-live="polite">{copied ? texts.failure.copied : words.copy}</span>
          </Menu.Item>
          {object ? (
            <ItemLink to="/history/$type/$id" params={{ type: object.type, id: object.id }}>
              {words.history}
            </ItemLink>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      {failed === null ? null : (
        <LateByHand
          value={failed}
          label={name}
          onClose={() => {
            setOpen(false);
            giveUp();
          }}
        />
      )}
    </>
  );
}
