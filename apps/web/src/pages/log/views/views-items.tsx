import { Menu } from "@mantine/core";
import { Bookmark, Check, Star } from "lucide-react";
import type { ReactElement } from "react";
import { Foreign } from "../../../components/foreign.tsx";
import { type OpenerProps, useOpenNow } from "../../../components/late.ts";
import { useLostAt } from "../../../reach.ts";
import { texts } from "../../../texts.ts";
import type { SavedView, SavedViews } from "./saved-views.ts";
import classes from "./views.module.css";
import { viewsTexts as words } from "./views-texts.ts";

type Props = { views: SavedViews; button: (props: OpenerProps) => ReactElement };

/** One's own views and shared ones, and what can be done with the one that is open. */
export function ViewsItems({ views, button }: Props) {
  const { isOpen, setOpen, button: target } = useOpenNow();
  const { list, current } = views;
  const items = list.data?.items ?? [];
  const others = items.filter((view) => !isMine(view, views));
  const own = items.filter((view) => isMine(view, views));
  return (
    <Menu opened={isOpen} onChange={setOpen} position="bottom-end" width={300} withinPortal>
      <Menu.Target>{button({ ref: target })}</Menu.Target>
      <Menu.Dropdown className={classes.menu}>
        <Menu.Item rightSection={current === null ? <Check size={14} aria-hidden /> : null} onClick={views.openAll}>
          {words.all}
        </Menu.Item>
        <Menu.Label>{words.mine}</Menu.Label>
        {own.map((view) => (
          <ViewItem key={view.id} view={view} views={views} />
        ))}
        {own.length === 0 ? <Menu.Label className={classes.none}>{noneText(list)}</Menu.Label> : null}
        {others.length > 0 ? <Menu.Label>{words.shared}</Menu.Label> : null}
        {others.map((view) => (
          <ViewItem key={view.id} view={view} views={views} owner={view.owner.name} />
        ))}
        <Acts views={views} />
      </Menu.Dropdown>
    </Menu>
  );
}

const isMine = (view: SavedView, { mine }: SavedViews) => view.owner.id === mine;

const noneText = ({ isPending, isError }: SavedViews["list"]) =>
  isPending ? words.loading : isError ? words.failed : words.none;

function ViewItem({ view, views, owner }: { view: SavedView; views: SavedViews; owner?: string }) {
  const facts = [
    ...(owner === undefined ? [] : [words.by(owner)]),
    ...(view.starred ? [words.starred] : []),
    ...(view.isDefault ? [words.first] : []),
    ...(owner === undefined && view.shared ? [words.everybody] : []),
  ];
  return (
    <Menu.Item
      leftSection={
        view.starred ? <Star size={14} fill="currentColor" aria-hidden /> : <Bookmark size={14} aria-hidden />
      }
      rightSection={views.current?.id === view.id ? <Check size={14} aria-hidden /> : null}
      onClick={() => views.open(view)}
    >
      <Foreign text={view.name} />
      {facts.length > 0 ? (
        <span className={classes.facts}>
          <Foreign text={facts.join(", ")} />
        </span>
      ) : null}
    </Menu.Item>
  );
}

function Acts({ views }: { views: SavedViews }) {
  const { current, isOwn, ask } = views;
  const isLost = useLostAt() !== null;
  if (isLost) return <Menu.Label>{texts.failure.offlineReason}</Menu.Label>;
  if (current === null) {
    return (
      <>
        <Menu.Divider />
        <Menu.Item onClick={() => ask("save")}>{words.saveNew}</Menu.Item>
      </>
    );
  }
  return (
    <>
      <Menu.Divider />
      <Menu.Label>{words.thisView}</Menu.Label>
      <Menu.Item onClick={() => ask("save")}>{words.saveAs}</Menu.Item>
      <Menu.Item onClick={views.star}>{current.starred ? words.unstar : words.star}</Menu.Item>
      <Menu.Item onClick={views.makeFirst}>{current.isDefault ? words.notFirst : words.makeFirst}</Menu.Item>
      {isOwn ? (
        <>
          <Menu.Item onClick={() => ask("rename")}>{words.rename}</Menu.Item>
          <Menu.Item onClick={views.share}>{current.shared ? words.unshare : words.share}</Menu.Item>
          <Menu.Item onClick={() => ask("remove")}>{words.remove}</Menu.Item>
        </>
      ) : null}
    </>
  );
}
