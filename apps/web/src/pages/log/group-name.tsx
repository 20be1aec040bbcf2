import { objectTypes } from "@countersign/audit/catalogue";
import { Foreign } from "../../components/foreign.tsx";
import { texts } from "../../texts.ts";
import type { ListItem } from "./event-items.ts";
import type { Grouping } from "./log-search.ts";
import { lookTexts as words } from "./look-texts.ts";

type Props = { item: ListItem & { kind: "group" }; grouping: Grouping | undefined };

/** What events that follow each other share, and how many they are. */
export function GroupName({ item: { entry, count }, grouping }: Props) {
  return (
    <>
      <Foreign text={nameOf(entry, grouping)} /> · {words.events(count)}
    </>
  );
}

const nameOf = ({ actor, object, requestId }: Props["item"]["entry"], grouping: Grouping | undefined): string => {
  if (grouping === "request") return `${texts.log.drawer.request} ${requestId}`;
  if (grouping === "object" && object) {
    const type = objectTypes[object.type as keyof typeof objectTypes] ?? object.type;
    return object.label ?? `${type} ${object.id}`;
  }
  return actor.label ?? texts.actorType[actor.type as keyof typeof texts.actorType] ?? actor.type;
};
