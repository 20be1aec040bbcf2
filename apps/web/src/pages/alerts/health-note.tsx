import { Button } from "@mantine/core";
import { MailWarning } from "lucide-react";
import { Foreign } from "../../components/foreign.tsx";
import classes from "./alerts.module.css";
import type { Go } from "./alerts-page.tsx";
import { alertsTexts as words } from "./alerts-texts.ts";
import { useChannels } from "./use-alerts.ts";

const names = new Intl.ListFormat("en-GB");

/** Says that messages do not get through: no channel, no mail server, or a channel that fails. */
export function HealthNote({ go }: { go: Go }) {
  const { data } = useChannels();
  if (!data) return null;
  const used = data.items.filter(({ enabled }) => enabled);
  const isMailLost = !data.canMail && used.some(({ kind }) => kind === "email");
  const failing = used.filter(({ failures }) => failures > 0);
  const isUnheard = !used.some(({ isDefault }) => isDefault);
  if (!isMailLost && !isUnheard && failing.length === 0) return null;
  // What waits in a stream are events of the log, not messages.
  const seesChannels = isUnheard || (!isMailLost && failing.every(({ kind }) => kind === "stream"));
  return (
    <div className={classes.health} role="note">
      <MailWarning size={18} aria-hidden />
      <div>
        {isUnheard ? (
          <p>
            {words.noChannel} {words.noChannelHow}
          </p>
        ) : null}
        {isMailLost ? (
          <p>
            {words.noMail} {words.noMailHow}
          </p>
        ) : null}
        {failing.length > 0 ? (
          <p>
            <Foreign text={words.unwell(names.format(failing.map(({ name }) => name)))} />
          </p>
        ) : null}
      </div>
      <Button
        variant="default"
        size="xs"
        onClick={() =>
          go(seesChannels ? { tab: "channels" } : { tab: "deliveries", state: isMailLost ? "held" : "due" })
        }
      >
        {seesChannels ? words.seeChannels : words.seeDeliveries}
      </Button>
    </div>
  );
}
