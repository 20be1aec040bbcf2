import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { failOnly, patienceMs, visit } from "./app.ts";
import { isMissing } from "./harness.ts";
import { onStage } from "./stage.ts";

const field = (page: Page) => page.getByRole("combobox", { name: "Search the log" });
const panel = (page: Page) => page.getByRole("complementary", { name: "Filters with counts" });
const asked = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams);

describe.skipIf(isMissing("chromium"))("the query of the log", () => {
  const here = onStage();
  let number: string;
  let created: string;

  beforeAll(async () => {
    const { page, app, leave } = await visit(here.browser, here.product.url);
    await page.goto(`${here.product.url}/permits/new`);
    await app.fillSignIn("Not-The-Password-Of-Admin");
    await page.getByRole("alert").getByText("wrong").waitFor();
    await app.signIn("/permits/new");
    await page.getByRole("textbox", { name: "Holder", exact: true }).fill("Harbour Street Market");
    await page.getByRole("button", { name: "Create permit" }).click();
    created = await app.receipt();
    number = (await page.getByRole("heading", { level: 1 }).textContent()) ?? "";
    await page.goto(`${here.product.url}/log?event=${created}`);
    await app.row(created).waitFor({ timeout: patienceMs });
    await leave();
  });

  test("by keyboard alone a filter is found, its values counted, several chosen, one left out and the last taken back", async () => {
    const { app, page } = here.visitor;
    await app.signIn();
    await app.rows().first().waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("outc");
    await page.getByRole("option", { name: "Outcome" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    const marked = async () => page.locator(`[id="${await field(page).getAttribute("aria-activedescendant")}"]`);
    await expect.poll(async () => (await marked()).textContent()).toBe("Outcome");
    await page.keyboard.press("Enter");
    expect(await field(page).inputValue()).toBe("outcome: ");
    await page.getByRole("option", { name: "failed 1 event" }).waitFor();
    await page.keyboard.type("failed");
    await page.keyboard.press("Enter");
    await expect.poll(() => asked(page)).toEqual({ status: "failed" });
    await expect.poll(() => app.rows().count()).toBe(1);

    await page.getByRole("button", { name: "Outcome failed", exact: true }).click();
    await page.getByRole("option", { name: /^success/ }).click();
    await expect.poll(() => asked(page)).toEqual({ status: "failed,success" });
    await field(page).fill("not event: user_login");
    await page.keyboard.press("Enter");
    await expect.poll(() => asked(page)).toEqual({ status: "failed,success", "not.code": "user_login" });
    await page.getByRole("button", { name: "Event not User signed in", exact: true }).waitFor();
    await page.keyboard.press("Escape");
    await field(page).fill("");
    await page.keyboard.press("Backspace");
    await expect.poll(() => asked(page)).toEqual({ status: "failed,success" });
    await page.getByRole("status").getByText("Removed the filter Event").waitFor();
  });

  test("what is pasted becomes what it is: an event opens, a number, an address and a name are filters, the rest is text", async () => {
    const { app, page } = here.visitor;
    await app.signIn();
    await app.rows().first().waitFor();
    const enter = async (text: string) => {
      await field(page).fill(text);
      await page.getByRole("option").first().waitFor();
      await page.keyboard.press("Enter");
    };
    await enter(number);
    await expect.poll(() => asked(page)).toEqual({ object: "permit:1" });
    await page.getByRole("button", { name: `Object ${number}`, exact: true }).waitFor();
    await enter("127.0.0.1/8");
    await expect.poll(() => asked(page)).toEqual({ object: "permit:1", network: "127.0.0.0/8" });
    await expect.poll(() => app.rows().count()).toBeGreaterThan(0);
    await page.getByRole("button", { name: "Clear filters" }).click();
    await field(page).fill("admini");
    await page
      .getByRole("group", { name: "Actor" })
      .getByRole("option", { name: /Administrator/ })
      .click();
    await expect.poll(() => asked(page)).toEqual({ actor: "user:1" });
    await enter("harbour");
    await expect.poll(() => asked(page)).toEqual({ actor: "user:1", q: "harbour" });
    await enter(created);
    await expect.poll(() => asked(page).event).toBe(created);
    await app.drawer().waitFor();
  });

  test("a range in words says how it was understood before it applies", async () => {
    const { app, page } = here.visitor;
    await app.signIn("/log?zone=utc");
    await app.rows().first().waitFor();
    await page.keyboard.press("t");
    await page.getByLabel("In words").fill("2 moons ago");
    await page.getByText("Not understood").waitFor();
    await page.keyboard.press("Enter");
    expect(asked(page)).toEqual({ zone: "utc" });
    await page.getByLabel("In words").fill("2 to 5 Nov 2025");
    await page.getByText("2 Nov 2025, 00:00:00 to 6 Nov 2025, 00:00:00 (UTC)").waitFor();
    await page.keyboard.press("Enter");
    await expect
      .poll(() => asked(page))
      .toEqual({ zone: "utc", from: "2025-11-02T00:00:00.000Z", to: "2025-11-06T00:00:00.000Z" });
    await page.getByRole("heading", { name: "Nothing in this range" }).waitFor();
    await page.getByRole("button", { name: "Show last 15 minutes" }).click();
    await app.rows().first().waitFor();
  });

  test("counts follow the rows; only, leave out and take back narrow the query; folded it stays folded", async () => {
    const { app, page } = here.visitor;
    await app.signIn();
    await panel(page).getByRole("button", { name: "failed 1", exact: true }).click();
    await expect.poll(() => asked(page)).toEqual({ status: "failed" });
    // What else could be chosen beside it is counted as if it was not.
    await panel(page)
      .getByRole("button", { name: /^success [1-9]/ })
      .waitFor();
    await panel(page).getByRole("button", { name: "Not failed: leave it out" }).click();
    await expect.poll(() => asked(page)).toEqual({ "not.status": "failed" });
    await panel(page).getByRole("button", { name: "failed left out" }).click();
    await expect.poll(() => asked(page)).toEqual({});
    await panel(page).getByRole("button", { name: "Only Permit created" }).click();
    await expect.poll(() => asked(page)).toEqual({ code: "permit_create" });
    await expect.poll(() => app.rows().count()).toBe(1);

    await page.locator("body").press("f");
    await panel(page).waitFor({ state: "detached" });
    await page.reload();
    await app.rows().first().waitFor();
    expect(await panel(page).count()).toBe(0);
    await page.getByRole("button", { name: "Filters", exact: true }).click();
    await panel(page).waitFor();
  });

  test("when the counts fail, the rows stay and the panel says so", async () => {
    const { app, page } = here.visitor;
    await page.route(/audit\.facets/, (route) => route.fulfill({ status: 500, body: "no" }));
    await app.signIn();
    await panel(page).getByText("The counts could not be read.").waitFor();
    expect(await app.rows().count()).toBeGreaterThan(0);
    await page.unroute(/audit\.facets/);
    await panel(page).getByRole("button", { name: "Retry" }).click();
    await panel(page)
      .getByText(/^Counts of \d+ events/)
      .waitFor();
  });

  test("when the rows fail, no count is shown, nor one promised", async () => {
    const { app, page } = here.visitor;
    await page.route(/audit\.list/, (route) => route.fulfill({ status: 500, body: "no" }));
    await app.signIn("/log?status=denied");
    await panel(page).getByText("The counts could not be read.").first().waitFor();
    await panel(page).getByRole("button", { name: "denied", exact: true }).waitFor();
    expect(
      await panel(page)
        .getByText(/Counting|None among/)
        .count(),
    ).toBe(0);
    expect(await panel(page).getByRole("button", { name: / 0$/ }).count()).toBe(0);
  });

  test("a log of which nothing can be read, not even the office's range, says so and stands", async () => {
    const { app, page } = here.visitor;
    await app.signIn();
    await page.route("**/trpc/**", (route) =>
      route.request().url().includes("auth.me") ? route.fallback() : route.fulfill({ status: 500, body: "no" }),
    );
    await page.goto(`${here.product.url}/log?status=denied`);
    await page.getByText("This could not be read").first().waitFor();
    await page.getByRole("button", { name: "Retry" }).first().waitFor();
  });

  test("the log opens with the range of the office, which needs no word in the address", async () => {
    const { app, page } = here.visitor;
    await page.route(/system\.settings/, async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replaceAll('"defaultDays":7', '"defaultDays":14');
      await route.fulfill({ response, body });
    });
    const choose = async (now: string, next: string) => {
      const ranges = (name: string) => page.getByRole("button", { name, exact: true });
      await ranges(now).click();
      await ranges(next).last().click();
      await expect.poll(() => ranges(next).count()).toBe(1);
    };
    await app.signIn();
    await app.rows().first().waitFor();
    expect(asked(page)).toEqual({});
    await choose("Last 30 days", "Last 7 days");
    await expect.poll(() => asked(page)).toEqual({ range: "7d" });
    await choose("Last 7 days", "Last 30 days");
    await expect.poll(() => asked(page)).toEqual({});
  });

  test("a drag over the bars goes on where the pointer leaves them", async () => {
    const { app, page } = here.visitor;
    await app.signIn();
    const bars = page.getByRole("region", { name: "Events over time" }).getByRole("button", { name: /event/ });
    await bars.first().waitFor();
    const [from, to] = [await bars.nth(2).boundingBox(), await bars.nth(5).boundingBox()];
    if (from === null || to === null) throw new Error("the bars are not drawn");
    await page.mouse.move(from.x + 2, from.y + 10);
    await page.mouse.down();
    await page.mouse.move(to.x + 2, to.y + 10, { steps: 3 });
    await page.mouse.move(to.x + 2, to.y + to.height + 200, { steps: 3 });
    await page.mouse.up();
    await expect.poll(() => Object.keys(asked(page)).sort()).toEqual(["from", "to"]);
  });

  test("a number that no permit has cannot be left out: the draft stays and says why", async () => {
    const { app, page } = here.visitor;
    await app.signIn();
    await app.rows().first().waitFor();
    await field(page).fill("not object: P-2001-000009");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("No permit has the number P-2001-000009").waitFor();
    expect(asked(page)).toEqual({});
    expect(await field(page).inputValue()).toBe("not object: P-2001-000009");
    await field(page).fill(`not object: ${number}`);
    await page.keyboard.press("Enter");
    await expect.poll(() => asked(page)).toEqual({ "not.object": "permit:1" });
  });

  test("the values of a row are filters by keyboard and by right click", async () => {
    const { app, page } = here.visitor;
    await app.signIn("/log?code=permit_create,user_login");
    // What is drawn beside the rows comes after them, and whatever is still loaded may take the focus along.
    await page.getByText(/^Counts of/).waitFor();
    await app.row(created).focus();
    await page.keyboard.press(".");
    await page.getByRole("menuitem", { name: /^Object P-/ }).press("Enter");
    await page.getByRole("menuitem", { name: "Only these" }).press("Enter");
    await expect.poll(() => asked(page).object).toBe("permit:1");
    await expect.poll(() => app.rows().count()).toBe(1);
    await app.row(created).getByRole("link", { name: "Administrator" }).click({ button: "right" });
    await page.getByRole("menuitem", { name: "Leave these out" }).click();
    await expect.poll(() => asked(page)["not.actor"]).toBe("user:1");

    await page.goto(`${here.product.url}/log?event=${created}`);
    await app.drawer().waitFor();
    // The drawer takes the focus once it is drawn, which may be after the row was given it.
    const askForMenu = async () => {
      await app.row(created).focus();
      await page.keyboard.press(".");
      return page.getByRole("menu").count();
    };
    await expect.poll(askForMenu, { timeout: patienceMs }).toBe(1);
    await page.keyboard.press("Escape");
    await page.getByRole("menu").waitFor({ state: "detached" });
    expect(await app.drawer().count()).toBe(1);
  });

  test("filters that cannot match say why, and an empty log names the filter to drop", async () => {
    const { app, page } = here.visitor;
    await app.signIn("/log?category=user&code=permit_create,user_login&status=denied&stats=denied");
    await page.getByText("The address also asked for stats=denied").waitFor();
    await page.getByText("“Permit created” is not among the events of User management").waitFor();
    await page.getByRole("button", { name: "Drop “Permit created”" }).click();
    await expect.poll(() => asked(page).code).toBe("user_login");
    await page.getByRole("heading", { name: "No event matches" }).waitFor();
    await page.getByText(/^\d+ without outcome: denied/).waitFor();
    await page.getByRole("button", { name: "Drop outcome" }).click();
    await app.rows().first().waitFor();
    expect(asked(page).status).toBeUndefined();
  });

  test("a search that the server stopped offers smaller ranges, and to drop what makes it slow", async () => {
    const { app, page } = here.visitor;
    await app.signIn();
    const letAnswer = await failOnly(page, "audit.list", { reason: "query_too_broad", httpStatus: 422 });
    await page.goto(`${here.product.url}/log?range=30d&q=harbour`);
    await page.getByText("This search is too broad").waitFor({ timeout: patienceMs });
    await page.getByText("It takes long because of text").waitFor();
    await page.getByRole("button", { name: "Last 24 hours" }).click();
    await page.getByText("This search is too broad").waitFor({ timeout: patienceMs });
    await letAnswer();
    await page.getByRole("button", { name: "Drop text" }).click();
    await app.rows().first().waitFor({ timeout: patienceMs });
    expect(asked(page)).not.toHaveProperty("q");
  });
});
