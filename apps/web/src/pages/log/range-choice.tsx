import { Button } from "@mantine/core";
import { CalendarRange, ChevronDown } from "lucide-react";
import { type OpenerProps, useLate } from "../../components/late.ts";
import type { Zone } from "../../format.ts";
import { texts } from "../../texts.ts";
import { rangeWords } from "./filter-words.ts";
import type { LogSearch } from "./log-search.ts";
import classes from "./query-bar.module.css";

type Props = { search: LogSearch; zone: Zone; onChange: (search: LogSearch) => void };

const load = async () => {
  const [{ PopoverPanel }, { RangePanel }] = await Promise.all([
    import("../../components/popover-panel.tsx"),
    import("./range-panel.tsx"),
  ]);
  return { PopoverPanel, RangePanel };
};

/** Which time to show; what is offered is loaded with the first press. */
export function RangeChoice({ search, zone, onChange }: Props) {
  const { loaded, opener } = useLate(load);
  const button = (props: OpenerProps) => (
    <Button
      {...props}
      variant="default"
      leftSection={<CalendarRange size={15} aria-hidden />}
      rightSection={<ChevronDown size={14} aria-hidden />}
      className={classes.range}
    >
      {rangeWords(search, zone)}
    </Button>
  );
  if (!loaded) return button({ ...opener, "aria-haspopup": "dialog", "aria-expanded": false });
  return (
    <loaded.PopoverPanel label={texts.log.range} className={classes.panel} button={button}>
      {(close) => (
        <loaded.RangePanel
          search={search}
          zone={zone}
          onChange={(next) => {
            close();
            onChange(next);
          }}
        />
      )}
    </loaded.PopoverPanel>
  );
}
