import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { samplePdf } from "../apps/api/src/documents/testing/sample-files.ts";
import { type App, appOn, patienceMs } from "./app.ts";
import { findingsOn, settled, views } from "./axe.ts";
import { isMissing, openBrowser, type Product, startProduct } from "./harness.ts";

type State = { name: string; path: string; act?: (page: Page, app: App) => Promise<unknown> };
const states: State[] = [
  { name: "the overview", path: "/" },
  {
    name: "the overview's days as a table",
    path: "/",
    act: (page) => page.getByRole("button", { name: "Show as table" }).click(),
  },
  {
    name: "the palette with what was found",
    path: "/permits/1",
    act: async (page) => {
      await page.keyboard.press("Control+k");
      await page.getByRole("combobox", { name: "Search or go to" }).fill("har");
      await page.getByRole("option", { name: /P-\d{4}/ }).waitFor();
    },
  },
  {
    name: "the account's menu",
    path: "/log",
    act: async (page) => {
      const more = page.getByRole("button", { name: "Menu" });
      if (await more.isVisible()) await more.click();
      await page.getByRole("button", { name: "Account of" }).locator("visible=true").click();
      await page.getByRole("menuitem", { name: "Sign out" }).waitFor();
    },
  },
  { name: "the alerts", path: "/alerts?past=on" },
  { name: "the alert rules", path: "/alerts?tab=rules" },
  {
    name: "a rule with its back-test",
    path: "/alerts?tab=rules&rule=2",
    act: async (page) => {
      await page.getByRole("button", { name: "Back-test", exact: true }).click();
      await page
        .getByText(/messages? in 30 days/)
        .first()
        .waitFor({ timeout: patienceMs });
    },
  },
  {
    name: "a new rule with nothing filled in",
    path: "/alerts?tab=rules&rule=new",
    act: async (page) => {
      await page.getByLabel("and tell").selectOption("threshold");
      await page.getByLabel("outside office hours").check();
      await page.getByRole("button", { name: "Save the rule" }).click();
    },
  },
  { name: "the channels", path: "/alerts?tab=channels" },
  {
    name: "a new channel with nothing filled in",
    path: "/alerts?tab=channels",
    act: async (page) => {
      await page.getByRole("button", { name: "New channel" }).click();
      await page.getByRole("button", { name: "Add the channel" }).click();
    },
  },
  { name: "the deliveries", path: "/alerts?tab=deliveries" },
  { name: "the first steps", path: "/welcome" },
  {
    name: "a first step with nothing filled in",
    path: "/welcome",
    act: (page) => page.getByRole("button", { name: "Add this person" }).click(),
  },
  { name: "the log", path: "/log" },
  { name: "an empty log", path: "/log?status=pending" },
  { name: "an open event", path: "/log?code=permit_create", act: (_, app) => app.rows().first().press("Enter") },
  {
    name: "the context of an event",
    path: "/log?code=permit_create",
    act: async (page, app) => {
      await app.rows().first().press("Enter");
      await page.getByRole("tab", { name: "Context" }).click();
    },
  },
  {
    name: "what stands around an event",
    path: "/log?code=permit_create",
    act: async (page, app) => {
      await app.rows().first().press("Enter");
      await page.getByRole("tab", { name: "Timeline" }).click();
      await page.getByText("Its whole history").waitFor({ timeout: patienceMs });
    },
  },
  {
    name: "the formats of an event",
    path: "/log?code=permit_create",
    act: async (page, app) => {
      await app.rows().first().press("Enter");
      await page.getByRole("tab", { name: "Raw" }).click();
      await page.getByText("OCSF").first().waitFor({ timeout: patienceMs });
    },
  },
  {
    name: "what can be done with a value of an event",
    path: "/log?code=permit_create",
    act: async (page, app) => {
      await app.rows().first().press("Enter");
      await page.getByRole("tab", { name: "Context" }).click();
      await page.getByRole("button", { name: "Object: filter or copy" }).click();
    },
  },
  {
    name: "the checked proof of an event",
    path: "/log?code=permit_create",
    act: async (page, app) => {
      await app.rows().first().press("Enter");
      await page.getByRole("tab", { name: "Proof" }).click();
      await page.getByRole("button", { name: "Check in this browser" }).click();
      await page.getByText("This event is intact.").waitFor({ timeout: patienceMs });
    },
  },
  {
    name: "a filter with its values",
    path: "/log",
    act: async (page) => {
      await page.getByRole("combobox", { name: "Search the log" }).fill("outcome: ");
      await page.getByRole("option", { name: /^success \d/ }).waitFor();
      await page.keyboard.press("ArrowDown");
    },
  },
  {
    name: "filters that contradict each other",
    path: "/log?category=user&code=permit_create&not.severity=info&actor=user:1",
    act: (page) => page.getByText("so it cannot match").waitFor(),
  },
  {
    name: "the filters with counts",
    path: "/log?not.category=platform",
    act: async (page) => {
      const filters = page.getByRole("button", { name: "Filters", exact: true });
      if ((await filters.getAttribute("aria-expanded")) === "false") await filters.click();
      await page.getByText(/^Counts of/).waitFor();
      await page.getByRole("button", { name: "Network", exact: true }).click();
    },
  },
  {
    name: "the values of an event",
    path: "/log?code=permit_create",
    act: async (page, app) => {
      await app.rows().first().focus();
      await page.keyboard.press(".");
      await page.getByRole("menuitem", { name: /^Actor/ }).click();
    },
  },
  {
    name: "the ranges",
    path: "/log",
    act: async (page) => {
      await page.getByRole("button", { name: "Last 7 days" }).click();
      await page.getByLabel("In words").fill("since Monday");
    },
  },
  {
    name: "the live log",
    path: "/log?live=on",
    act: (page) => page.getByText("All stored, now").waitFor({ timeout: patienceMs }),
  },
  {
    name: "the saved views",
    path: "/log?view=0",
    act: (page) => page.getByRole("button", { name: "Views" }).click(),
  },
  {
    name: "a view about to be saved, without a name",
    path: "/log?status=denied",
    act: async (page) => {
      await page.keyboard.press("s");
      await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    },
  },
  {
    name: "a view that is edited, just saved",
    path: "/log?status=denied",
    act: async (page) => {
      await page.keyboard.press("s");
      await page.getByRole("textbox", { name: "Name" }).fill(`Refusals ${Date.now()}`);
      await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
      await page.getByText("Kept.").waitFor();
      await page.keyboard.press("u");
      await page.getByRole("button", { name: "Revert" }).waitFor();
    },
  },
  { name: "the keys", path: "/log", act: (page) => page.keyboard.press("?") },
  { name: "erasure and archive", path: "/retention/erasure" },
  {
    name: "an erasure that cannot be",
    path: "/retention/erasure",
    act: async (page) => {
      await page.getByRole("button", { name: "Erase personal data" }).click();
      await page.getByRole("textbox", { name: "Person" }).fill("admin");
      await page.getByRole("button", { name: "Find", exact: true }).click();
      await page.getByRole("radio").first().check();
      await page.getByText("This account is protected.").waitFor({ timeout: patienceMs });
    },
  },
  { name: "the integrity of the log", path: "/integrity" },
  { name: "retention and holds", path: "/retention" },
  {
    name: "a hold that is to be placed, with nothing filled in",
    path: "/retention",
    act: async (page) => {
      await page.getByRole("button", { name: "Place a hold" }).click();
      await page.getByRole("button", { name: "Place hold" }).click();
    },
  },
  {
    name: "a key from outside, mistyped",
    path: "/integrity",
    act: async (page) => {
      await page.getByRole("button", { name: "Use a key from outside" }).click();
      await page.getByRole("button", { name: "Trust this key" }).click();
    },
  },
  {
    name: "the history of a permit",
    path: "/history/permit/1",
    act: (page) => page.getByRole("table", { name: "Fields, Now" }).waitFor({ timeout: patienceMs }),
  },
  {
    name: "two states of a permit, compared",
    path: "/history/permit/1",
    act: async (page) => {
      await page.getByRole("button", { name: "Compare with another moment" }).click();
      await page.getByText("What lies between").waitFor({ timeout: patienceMs });
    },
  },
  {
    name: "a permit before it was",
    path: "/history/permit/1?at=2001-01-01T00:00:00Z",
    act: (page) => page.getByText("It did not exist yet.").waitFor({ timeout: patienceMs }),
  },
  { name: "a history with nothing that matches", path: "/history/permit/1?q=nothing-of-that-kind" },
  { name: "the history of what never was", path: "/history/permit/999" },
  { name: "the permits", path: "/permits" },
  { name: "a permit", path: "/permits/1" },
  {
    name: "an act about to be done",
    path: "/permits/1",
    act: (page) => page.getByRole("button", { name: "Approve" }).click(),
  },
  {
    name: "the other acts, those that are off with their reasons",
    path: "/permits/1",
    act: (page) => page.getByRole("button", { name: "More", exact: true }).click(),
  },
  {
    name: "an act without the reason it takes",
    path: "/permits/1",
    act: async (page, app) => {
      await app.chooseAct("Reject");
      await page.getByRole("dialog").getByRole("button", { name: "Reject" }).click();
    },
  },
  {
    name: "a permit about to be deleted",
    path: "/permits/2",
    act: (_, app) => app.chooseAct("Delete"),
  },
  {
    name: "a document about to be added, with nothing filled in",
    path: "/permits/1",
    act: async (page) => {
      await page.getByRole("button", { name: "Add a document" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Upload" }).click();
    },
  },
  {
    name: "what can be done with a document",
    path: "/permits/1",
    act: (page) => page.getByRole("button", { name: "More for plan.pdf" }).click(),
  },
  {
    name: "the formats of an export",
    path: "/permits",
    act: (page) => page.getByRole("button", { name: "Export" }).click(),
  },
  { name: "the permits, sorted", path: "/permits?sort=-validTo" },
  { name: "permits that no filter finds", path: "/permits?ends=1&q=nothing" },
  { name: "the documents", path: "/documents" },
  { name: "documents that no filter finds", path: "/documents?state=refused" },
  { name: "the users", path: "/users" },
  {
    name: "a user about to be added, with nothing filled in",
    path: "/users",
    act: async (page) => {
      await page.getByRole("button", { name: "Add user" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Add user" }).click();
    },
  },
  { name: "a user", path: "/users/1" },
  {
    name: "the acts on a user, all of them off",
    path: "/users/1",
    act: (page) => page.getByRole("button", { name: "More", exact: true }).click(),
  },
  { name: "what a user did", path: "/users/1?tab=activity" },
  { name: "the sign-ins of a user", path: "/users/1?tab=activity&show=sign-ins" },
  { name: "a user who never was", path: "/users/99" },
  { name: "the API keys", path: "/keys" },
  {
    name: "a key about to be made, with nothing filled in",
    path: "/keys",
    act: async (page) => {
      await page.getByRole("button", { name: "New key" }).click();
      await page.getByLabel("What it does").selectOption("ingest");
      await page.getByRole("dialog").getByRole("button", { name: "Make the key" }).click();
    },
  },
  { name: "the roles", path: "/roles" },
  {
    name: "a role with a right about to be given",
    path: "/roles/5",
    act: (page) => page.getByRole("checkbox", { name: "Clerk may approve and reject applications" }).click(),
  },
  {
    name: "a role about to be deleted, without a reason",
    path: "/roles/5",
    act: async (page, app) => {
      await app.chooseAct("Delete");
      await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    },
  },
  {
    name: "a role about to be added, without a name",
    path: "/roles",
    act: async (page) => {
      await page.getByRole("button", { name: "New role" }).click();
      await page.getByRole("button", { name: "Add role" }).click();
    },
  },
  { name: "the catalogue", path: "/events" },
  { name: "a catalogue in which nothing matches", path: "/events?q=nothing+of+the+kind" },
  {
    name: "an event type about to be set",
    path: "/events",
    act: async (page) => {
      await page.getByRole("button", { name: "Edit Permit approved" }).click();
      await page.getByRole("group").getByLabel("Severity").selectOption("low");
    },
  },
  { name: "an event type", path: "/events/permit_delete" },
  { name: "the settings", path: "/settings" },
  {
    name: "settings about to be saved, one of them wrong",
    path: "/settings",
    act: async (page) => {
      await page.getByRole("textbox", { name: "Name of the office" }).fill("Harbour office");
      await page.getByRole("spinbutton", { name: "Largest document" }).fill("0");
      await page.getByRole("checkbox", { name: "There are quiet hours" }).check();
    },
  },
  { name: "one's own page", path: "/profile" },
  {
    name: "a password about to be changed, with nothing filled in",
    path: "/password",
    act: (page) => page.getByRole("button", { name: "Change password" }).click(),
  },
  {
    name: "a form with a mistake",
    path: "/permits/new",
    act: (page) => page.getByRole("button", { name: "Create permit" }).click(),
  },
  { name: "a form with nothing changed", path: "/permits/1/edit" },
  { name: "a permit that is not there", path: "/permits/99" },
  { name: "no page", path: "/nowhere" },
  { name: "nothing that waits for approval", path: "/approvals" },
  { name: "no request that is closed", path: "/approvals?box=closed" },
  { name: "one's own requests", path: "/approvals?box=mine" },
  {
    name: "one's own request about to be withdrawn",
    path: "/approvals?box=mine",
    act: (page) => page.getByRole("button", { name: "Withdraw" }).click(),
  },
];

/** States that are looked at in further widths and contrasts. */
const shownApart = [
  "the overview",
  "an open event",
  "the filters with counts",
  "a permit",
  "an act without the reason it takes",
  "two states of a permit, compared",
  "the documents",
  "the roles",
  "an event type",
  "the settings",
  "the integrity of the log",
];

/** Where a reader is stopped: by a right, by the server, by the time. The last one ends the session. */
const edges: State[] = [
  ...["/permits", "/log", "/roles"].map((path) => ({
    name: `no right to ${path}`,
    path: "/nowhere",
    act: async (page: Page) => {
      const isMe = (url: URL) => /^\/trpc\/[^?]*auth\.me/.test(url.pathname);
      await page.route(isMe, async (route) => {
        const answer = await route.fetch();
        const text = (await answer.text()).replace(/"features":\[[^\]]*\]/, '"features":[]');
        await route.fulfill({ response: answer, body: text });
      });
      await page.goto(new URL(path, page.url()).href);
      await page.getByText("Not permitted").or(page.getByText("takes the right")).first().waitFor();
      await page.unroute(isMe);
    },
  })),
  {
    name: "a document that is looked at",
    path: "/permits/1",
    act: async (page) => {
      await page.getByRole("button", { name: "View plan.pdf" }).click();
      await page.getByText("This is the file that was uploaded").waitFor({ timeout: patienceMs });
    },
  },
  {
    name: "a document that is decided about",
    path: "/permits/1",
    act: async (page) => {
      await page.getByRole("button", { name: "More for plan.pdf" }).click();
      await page.getByRole("menuitem", { name: "Refuse" }).click();
      await page.getByText("This is the file that was uploaded").waitFor({ timeout: patienceMs });
    },
  },
  {
    name: "a page that cannot be read",
    path: "/nowhere",
    act: async (page) => {
      const isList = (url: URL) => url.pathname.includes("documents.listAll");
      await page.route(isList, (route) => route.fulfill({ status: 500, body: "{}" }));
      await page.goto(new URL("/documents", page.url()).href);
      await page.getByRole("alert").waitFor({ timeout: patienceMs });
      await page.unroute(isList);
    },
  },
  {
    name: "the password, asked for again",
    path: "/roles",
    act: async (page) => {
      const data = { code: "FORBIDDEN", httpStatus: 403, reason: "reauthentication_required", requestId: "r_1" };
      await page.route("**/trpc/roles.create*", (route) =>
        route.fulfill({
          status: 403,
          json: [{ error: { json: { message: "Your password again.", code: -32003, data } } }],
        }),
      );
      await page.getByRole("button", { name: "New role" }).click();
      await page.getByRole("textbox", { name: "Name" }).fill("Harbour master");
      await page.getByRole("button", { name: "Add role" }).click();
      await page.getByRole("dialog", { name: "Your password again" }).waitFor();
      await page.unroute("**/trpc/roles.create*");
    },
  },
  {
    name: "a page while the server does not answer",
    path: "/permits",
    act: async (page) => {
      await page.context().setOffline(true);
      await page.keyboard.press("r");
      await page.getByText("does not answer").first().waitFor({ timeout: patienceMs });
    },
  },
  {
    name: "a session that is over",
    path: "/permits/new",
    act: async (page) => {
      await page.context().clearCookies();
      await page.getByRole("textbox", { name: "Holder", exact: true }).fill("Quayside Events");
      await page.getByRole("button", { name: "Create permit" }).click();
      await page.getByRole("dialog", { name: "Signed out" }).waitFor();
    },
  },
];

/** Goes on inside the app, as a link would; over a page of nothing, so that no word that was typed is taken along. */
const goOn = async (page: Page, url: string, path: string) => {
  if ((await page.getByRole("dialog").count()) > 0) return page.goto(url + path);
  await page.evaluate("history.pushState(null, '', '/nowhere')");
  await page.getByRole("navigation", { name: "Pages" }).waitFor({ state: "detached" });
  await page.evaluate(`history.pushState(null, '', ${JSON.stringify(path)})`);
};

describe.skipIf(isMissing("chromium"))("every page and state meets WCAG 2.2 AA", () => {
  let product: Product;
  let browser: Browser;

  beforeAll(async () => {
    product = await startProduct();
    browser = await openBrowser();
    const page = await browser.newPage();
    await appOn(page, product.url).signIn("/permits/new");
    await page.getByRole("textbox", { name: "Holder", exact: true }).fill("Harbour Street Market");
    await page.getByRole("button", { name: "Create permit" }).click();
    await page.getByRole("status").getByText("Kept.").waitFor();
    await page.getByRole("button", { name: "Add a document" }).click();
    await page.getByLabel("File").setInputFiles({
      name: "plan.pdf",
      mimeType: "application/pdf",
      buffer: Buffer.from(samplePdf("Site plan")),
    });
    await page.getByLabel("Kind of document").fill("Site plan");
    await page.getByRole("button", { name: "Upload" }).click();
    await page.getByText("plan.pdf").waitFor();
    await page.goto(`${product.url}/permits/new`);
    await page.getByRole("textbox", { name: "Holder", exact: true }).fill("Quayside Events");
    await page.getByRole("button", { name: "Create permit" }).click();
    await page.getByRole("status").getByText("Kept.").waitFor();
    // One can ask for a second person before there is one.
    await page.evaluate(() =>
      fetch("/api/permits/2/cancel", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ reason: "Moved away", askApproval: true }),
      }),
    );
    await page.close();
  });
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });

  /** A page with the checker at hand. It is a script of ours put into the page, which the page's own policy would refuse. */
  const open = async (width: number) => {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      bypassCSP: true,
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    return { context, page, app: appOn(page, product.url) };
  };

  /** Walks through states, each reached as told; answers what speaks against them. */
  const walk = async (
    page: Page,
    app: App,
    states: readonly State[],
    look: Parameters<typeof findingsOn>[1],
    go: typeof goOn = goOn,
  ) => {
    const findings: string[] = [];
    for (const { name, path, act } of states) {
      await go(page, product.url, path);
      await page.getByRole("heading").first().waitFor();
      await settled(page);
      await act?.(page, app);
      findings.push(...(await findingsOn(page, look)).map((finding) => `${name}: ${finding}`));
    }
    return findings;
  };

  test.each(views)(
    "at $width px, without scrolling sideways",
    async ({ schemes, width }) => {
      const { context, page, app } = await open(width);
      await page.goto(`${product.url}/sign-in`);
      await page.getByLabel("Name").waitFor();
      const signIn = (await findingsOn(page, { schemes })).map((finding) => `the sign-in: ${finding}`);
      await app.signIn();
      expect([...signIn, ...(await walk(page, app, states, { schemes }))]).toEqual([]);
      await context.close();
    },
    1_200_000,
  );

  const some = states.filter(({ name }) => shownApart.includes(name));
  const apart: readonly { what: string; width: number; look: Parameters<typeof findingsOn>[1] }[] = [
    { what: "with high contrast", width: 1440, look: { schemes: ["light", "dark"], high: true } },
    { what: "at 768 px", width: 768, look: { schemes: ["light"] } },
    { what: "at 1024 px", width: 1024, look: { schemes: ["light"] } },
  ];
  test.each(apart)(
    "the pages with most on them, $what",
    async ({ width, look }) => {
      expect(some).toHaveLength(shownApart.length);
      const { context, page, app } = await open(width);
      await app.signIn();
      expect(await walk(page, app, some, look)).toEqual([]);
      await context.close();
    },
    300_000,
  );

  test.each(views)(
    "where something is in the way, at $width px",
    async ({ schemes, width }) => {
      const { context, page, app } = await open(width);
      await app.signIn();
      // Each begins with the page anew: what stood in the way of the one before is gone.
      const reload: typeof goOn = async (page, url, path) => {
        await context.setOffline(false);
        await page.goto(url + path);
      };
      expect(await walk(page, app, edges, { schemes }, reload)).toEqual([]);
      await context.close();
    },
    300_000,
  );
});
