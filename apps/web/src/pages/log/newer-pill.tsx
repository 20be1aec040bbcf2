import { Button } from "@mantine/core";
import { ArrowUp } from "lucide-react";
import { texts } from "../../texts.ts";
import classes from "./log-page.module.css";

/** Newer events exist while the reader is further down: the list stays, the pill leads up. */
export function NewerPill({ count, hasMore, onClick }: { count: number; hasMore: boolean; onClick: () => void }) {
  return (
    <Button
      size="xs"
      radius="xl"
      className={classes.pill}
      leftSection={<ArrowUp size={14} aria-hidden />}
      onClick={onClick}
    >
      {texts.log.newer(count, hasMore)}
    </Button>
  );
}
