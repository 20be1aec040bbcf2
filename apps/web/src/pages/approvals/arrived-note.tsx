import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { BellRing } from "lucide-react";
import { useTRPC } from "../../api.ts";
import { useMay } from "../../me.ts";
import classes from "./approvals.module.css";
import { approvalsTexts as words } from "./approvals-texts.ts";

type Props = { shown: number; isReading: boolean; onRead: () => void };

/** That the list is no longer what waits. It is read anew when asked: a card that moves by itself is pressed by mistake. */
export function ArrivedNote({ shown, isReading, onRead }: Props) {
  const trpc = useTRPC();
  const mayDecide = useMay("approvals.decide");
  const waiting = useQuery({ ...trpc.approvals.waiting.queryOptions(), enabled: mayDecide });
  const more = (waiting.data?.count ?? shown) - shown;
  const isChanged = mayDecide && more !== 0 && !isReading && !waiting.isFetching;
  return (
    <div role="status">
      {isChanged ? (
        <p className={classes.arrived}>
          <BellRing size={16} aria-hidden />
          {more > 0 ? words.arrived(more) : words.gone(-more)}
          <Button variant="default" size="xs" onClick={onRead}>
            {more > 0 ? words.show : words.readAgain}
          </Button>
        </p>
      ) : null}
    </div>
  );
}
