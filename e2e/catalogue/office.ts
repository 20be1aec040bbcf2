import { type Countersign, createCountersign } from "@countersign/client";
import { doneOf } from "../../apps/api/src/approvals/done-of.ts";
import { samplePdf } from "../../apps/api/src/documents/testing/sample-files.ts";
import { adminPassword } from "../harness.ts";

/** Somebody in front of the running product, as a program of another office would be: the typed client and plain HTTP. */
export type Someone = Pick<Countersign, "trpc"> & {
  send: (path: string, init?: { method?: string; body?: Uint8Array; contentType?: string }) => Promise<Response>;
  id: number;
  password: string;
};

type Credentials = { username: string; password: string };

export const signIn = async (url: string, { username, password }: Credentials): Promise<Someone> => {
  let cookie = "";
  const remember: typeof fetch = async (input, init) => {
    const answer = await fetch(input, init);
    for (const line of answer.headers.getSetCookie()) cookie = line.split(";", 1)[0] ?? "";
    return answer;
  };
  const { trpc } = createCountersign({ url, session: () => cookie, fetch: remember });
  const { user } = await trpc.auth.signIn.mutate({ username, password });
  const send: Someone["send"] = (path, { method = "GET", body, contentType } = {}) =>
    remember(url + path, {
      method,
      headers: {
        cookie,
        origin: new URL(url).origin,
        ...(contentType !== undefined && { "content-type": contentType }),
      },
      ...(body !== undefined && { body: new Uint8Array(body) }),
    });
  return { trpc, send, id: user.id, password };
};

/** What the emitters act on; each asks for what it needs, so that none depends on another. */
export type Office = {
  url: string;
  admin: Someone;
  /** Signed in, without any role. */
  powerless: Someone;
  permit: (status?: "pending" | "active" | "inactive") => Promise<number>;
  document: () => Promise<number>;
  user: () => Promise<{ id: number; username: string; password: string }>;
  role: () => Promise<number>;
};

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

export const upload = (who: Someone, permitId: number, name = "plan.pdf"): Promise<Response> =>
  who.send(`/api/permits/${permitId}/documents?name=${name}&kind=plan`, {
    method: "POST",
    contentType: "application/pdf",
    body: samplePdf("Site plan"),
  });

export const openOffice = async (url: string): Promise<Office> => {
  const admin = await signIn(url, { username: "admin", password: adminPassword });
  let made = 0;
  const user: Office["user"] = async () => {
    const username = `person ${++made}`;
    const { user, password } = await admin.trpc.users.create.mutate({ username, name: `Person ${made}` });
    return { id: user.id, username, password: password ?? "" };
  };
  const permit: Office["permit"] = async (status = "pending") => {
    const { permit } = await admin.trpc.permits.create.mutate({
      type: "building",
      holderName: "Ada Lovelace",
      validFrom: inDays(0),
      validTo: inDays(30),
    });
    const permitId = permit.id;
    if (status !== "pending") await admin.trpc.permits.approve.mutate({ permitId });
    if (status === "inactive") await admin.trpc.permits.deactivate.mutate({ permitId, reason: "flood" });
    return permitId;
  };
  const person = await user();
  const first = await signIn(url, person);
  const chosen = "Gravel-Tulip-Anchor-31";
  await first.trpc.auth.changePassword.mutate({ currentPassword: person.password, newPassword: chosen });
  return {
    url,
    admin,
    powerless: { ...first, password: chosen },
    permit,
    user,
    document: async () => {
      const answer = await upload(admin, await permit());
      return ((await answer.json()) as { document: { id: number } }).document.id;
    },
    role: async () => {
      const { role } = doneOf(
        await admin.trpc.roles.create.mutate({ name: `Role ${++made}`, features: ["permits.read"] }),
      );
      return role.id;
    },
  };
};

export const laterDay = inDays;
