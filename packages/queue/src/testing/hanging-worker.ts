// A worker that takes a job, says so and never finishes it: for tests that kill it.
import { connectQueues } from "../connect.ts";
import { consume } from "../consume.ts";

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const [address = "{}", lockMs] = process.argv.slice(2);
const hang = () => {
  process.stdout.write("taken\n");
  return new Promise<never>(() => undefined);
};
consume(connectQueues({ ...JSON.parse(address), logger: silent }), "store-events", hang, { lockMs: Number(lockMs) });
