import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { EventCode } from "@countersign/audit/catalogue";
import type { KeyKind } from "@countersign/audit/key-kinds";
import { insertApiKey } from "@countersign/db/api-keys";
import { inTransaction } from "@countersign/db/transaction";
import { newKey } from "./accounts/api-keys.ts";
import { createNodeServer } from "./http/node-server.ts";
import { createInnerServer } from "./server.ts";
import type { Services } from "./services.ts";
import type { TestApi } from "./testing.ts";

/** The API of a test on a real socket; pages of `url` are its own. */
export const listen = async (services: Services): Promise<{ url: string; close: () => Promise<void> }> => {
  let url = "";
  let requests = 0;
  const newId = () => `r_socket_${++requests}`;
  const app = createInnerServer({ services, origins: () => [url], newId });
  const server = createNodeServer({ fetch: app.fetch, newId }).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};

/** An API key as an administrator would have made it; `text` is what its owner sends. */
export const issueKey = async (
  { database, services }: Pick<TestApi, "database" | "services">,
  { name, kind, codes = [], by }: { name: string; kind: KeyKind; codes?: readonly EventCode[]; by: number },
): Promise<{ id: number; text: string; revoke: () => Promise<void> }> => {
  const { text, publicId, secretHash } = newKey();
  const insert = { name, kind, publicId, secretHash, codes: [...codes], networks: [] };
  const at = services.now();
  const times = { at: new Date(at).toISOString(), by };
  const { id } = await inTransaction(database.admin, (tx) =>
    insertApiKey(tx, { ...insert, expiresAt: new Date(at + 86_400_000).toISOString() }, times),
  );
  return {
    id,
    text,
    revoke: async () => {
      await database.admin.sql`update api_keys set revoked_at = ${times.at}, revoked_by = ${by} where id = ${id}`;
      services.accounts.keys.forget();
    },
  };
};
