import type { DemoMessage } from "../apps/api/src/demo-office.ts";
import { fillOffice, halfYear } from "./demo/fill.ts";
import { profiles } from "./demo/people.ts";
import { complain, ownSentence } from "./run/sentence.ts";

// Fills the office of a running product, told to whoever started this; without them it ends.
const tell = (message: DemoMessage): Promise<void> =>
  new Promise((resolve) => (process.send ? process.send(message, () => resolve()) : resolve()));
process.on("disconnect", () => process.exit(1));

try {
  const onProgress = (percent: number) => void tell({ type: "demo-progress", percent });
  const { permits, events, password } = await fillOffice(process.env.DATABASE_URL ?? "", halfYear, onProgress);
  await tell({
    type: "demo-filled",
    usernames: profiles.map(({ username }) => username),
    password,
    permits,
    events,
  });
} catch (error) {
  complain(error);
  const sentence =
    ownSentence(error) ?? "Filling the office failed; the log of the demo says why. What was filled stays.";
  await tell({ type: "demo-failed", sentence });
}
process.exit(0);
