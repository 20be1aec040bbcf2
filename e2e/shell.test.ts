import { describe, expect, test } from "vitest";
import { appOn, patienceMs } from "./app.ts";
import { isMissing, stopApi } from "./harness.ts";
import { onStage } from "./stage.ts";

describe.skipIf(isMissing("chromium"))("around every page", () => {
  const here = onStage();

  test("the administrator of a new office is led through its first steps, can leave them and finds them again", async () => {
    const { app, page } = here.visitor;
    await app.signIn("/");
    await page.waitForURL(/\/welcome$/);
    await page.getByRole("button", { name: "Leave for now" }).click();
    const toDo = page.getByRole("region", { name: "Still to do" });
    await toDo.getByText("Add a second person").waitFor();
    await page.reload();
    await toDo.waitFor();
    await page.getByRole("button", { name: "Account of" }).click();
    await page.getByRole("menuitem", { name: "First steps" }).click();

    await page.getByLabel("Name of the office").fill("Harbour office");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("The office has its name and zone.").waitFor();
    await page.getByRole("button", { name: "Dismiss" }).click();
    await page.getByLabel("Full name").fill("Ana Ruiz");
    await page.getByRole("textbox", { name: "User name" }).fill("a.ruiz");
    await page.getByLabel("Role").selectOption({ label: "Supervisor" });
    await page.getByRole("button", { name: "Add this person" }).click();
    await page.getByText("Password, shown once").waitFor();
    await page.getByText("The demo fills only a new one.").waitFor();
    await page.getByText(/^No mail server is set/).waitFor();
    await page.getByRole("navigation").getByText("Harbour office").waitFor();
    await page.getByRole("button", { name: "Leave for now" }).click();
    await page.getByRole("heading", { name: "Events by day" }).waitFor();
    // Who was added cannot decide before they have a password of their own.
    await toDo.getByText("The second person still has to sign in").waitFor();
    expect(await toDo.getByRole("listitem").count()).toBe(1);
  });

  test("a figure and a day open the log with the events behind them, also by keyboard", async () => {
    const { app, page } = here.visitor;
    await app.signIn("/");
    await page.getByRole("link", { name: /^Did not succeed/ }).click();
    await page.waitForURL((url) => url.searchParams.get("status") === "failed,denied,pending");
    await page.goBack();
    const today = page.getByRole("link", { name: /^\w+day, .*: \d+ events? \(/ }).last();
    await today.focus();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.pathname === "/log" && url.searchParams.get("zone") === "utc");
    await app.rows().first().waitFor({ timeout: patienceMs });
  });

  test("a card that fails says so and is asked again, and takes nothing else along", async () => {
    const { app, page } = here.visitor;
    await page.route("**/trpc/overview.rankings*", (route) => route.fulfill({ status: 500, body: "{}" }));
    await app.signIn("/");
    const card = page.getByRole("region", { name: "Busiest actors" });
    await card.getByRole("alert").waitFor({ timeout: patienceMs });
    await page.getByRole("region", { name: "By category" }).getByRole("listitem").first().waitFor();
    await page.unroute("**/trpc/overview.rankings*");
    await card.getByRole("button", { name: "Retry" }).click();
    await card.getByRole("link", { name: /Administrator/ }).waitFor({ timeout: patienceMs });
  });

  test("the palette leads to a query in words, to a permit by its holder, and to an act on what is open", async () => {
    const { app, page } = here.visitor;
    await app.signIn("/permits/new");
    await page.getByRole("textbox", { name: "Holder", exact: true }).fill("Quayside Events");
    await page.getByRole("button", { name: "Create permit" }).click();
    await app.receipt();
    const field = page.getByRole("combobox", { name: "Search or go to" });
    const ask = async (text: string, answer: RegExp) => {
      await page.keyboard.press("Control+k");
      await field.fill(text);
      await page.getByRole("option", { name: answer, selected: true }).waitFor({ timeout: patienceMs });
      await page.keyboard.press("Enter");
    };
    await ask("cancel", /^Cancel/);
    await page.getByRole("dialog", { name: /Cancel/ }).waitFor();
    await page.keyboard.press("Escape");
    await ask("denied yesterday", /^Events: denied, yesterday$/);
    await page.waitForURL((url) => url.searchParams.get("status") === "denied" && url.searchParams.has("to"));
    await ask("quayside", /^P-\d{4}-\d+/);
    await page.waitForURL(/\/permits\/1$/);
    await page.keyboard.press("Control+k");
    await field.press("Escape");
    await field.waitFor({ state: "detached" });
    await page.goto(`${here.product.url}/roles/5`);
    await page.getByRole("button", { name: "More", exact: true }).waitFor();
    await ask("rename", /^Rename/);
    await page.getByRole("dialog", { name: /^Rename/ }).waitFor();
    await page.goto(`${here.product.url}/users/1`);
    await page.getByRole("button", { name: "Edit", exact: true }).waitFor();
    await ask("edit", /^Edit/);
    await page.getByRole("dialog", { name: /Edit/ }).waitFor();
    await page.goto(`${here.product.url}/events/permit_delete`);
    await page.getByRole("link", { name: "Events of this type" }).waitFor();
    await ask("events of this", /^Events of this type$/);
    await page.waitForURL((url) => url.pathname === "/log" && url.searchParams.get("code") === "permit_delete");
  });

  test("letters lead to pages until they are switched off, and the rail stays folded", async () => {
    const { app, page } = here.visitor;
    await app.signIn("/log");
    await app.rows().first().waitFor({ timeout: patienceMs });
    await page.keyboard.press("g");
    await page.keyboard.press("p");
    await page.waitForURL(/\/permits$/);
    await page.keyboard.press("?");
    await page.getByRole("checkbox", { name: "Single letters are keys" }).uncheck();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("?");
    await page.keyboard.press("g");
    await page.keyboard.press("l");
    await page.getByRole("button", { name: "Fold the rail" }).click();
    expect([page.url(), await page.getByRole("dialog").count()]).toEqual([`${here.product.url}/permits`, 0]);
    await page.reload();
    await page.getByRole("button", { name: "Unfold the rail" }).waitFor();
    expect((await page.getByRole("navigation", { name: "Pages" }).boundingBox())?.width).toBe(56);
  });

  test("while the server is away what is on screen and what was typed stays, and goes on when it is back", async () => {
    const { app, page, context } = here.visitor;
    await app.signIn("/log?live=on&code=permit_create");
    await page.getByText("All stored, now").waitFor({ timeout: patienceMs });
    const form = await context.newPage();
    await form.goto(`${here.product.url}/permits/new`);
    await form.getByRole("textbox", { name: "Holder", exact: true }).fill("Lantern Walk");
    const create = form.getByRole("button", { name: "Create permit" });
    const notes = [page, form].map((open) => open.getByText(/^No connection to the server since/));

    const outage = stopApi(here.product);
    await page
      .getByText(/^no connection since/)
      .first()
      .waitFor({ timeout: patienceMs });
    await create.click();
    for (const note of notes) await note.waitFor({ timeout: patienceMs });
    await form.getByText("Off while the server does not answer.").waitFor();
    expect(await app.rows().count()).toBeGreaterThan(0);
    await outage.letItBack();

    for (const note of notes) await note.waitFor({ state: "detached", timeout: 3 * patienceMs });
    expect(await form.getByRole("textbox", { name: "Holder", exact: true }).inputValue()).toBe("Lantern Walk");
    await create.click();
    const id = await appOn(form, here.product.url).receipt();
    await app.row(id).waitFor({ timeout: patienceMs });
    expect(await app.row(id).count()).toBe(1);
  });

  test("on a small screen every page is in the bar or one tap further", async () => {
    const { app, page } = here.visitor;
    await page.setViewportSize({ width: 390, height: 844 });
    await app.signIn("/log");
    await page.getByRole("button", { name: "Menu" }).click();
    await page.getByRole("dialog").getByRole("link", { name: "Integrity" }).click();
    await page.waitForURL(/\/integrity$/);
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });

  test("on paper stand the query, who printed it and every loaded row, and no control", async () => {
    const { app, page } = here.visitor;
    await app.signIn("/log?severity=high");
    await app.rows().first().waitFor({ timeout: patienceMs });
    await page.emulateMedia({ media: "print" });
    await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
    await page.getByText("Severity: high · Last 7 days").waitFor();
    await page.getByText(/^Printed by Administrator, /).waitFor();
    expect(await page.getByRole("navigation", { name: "Pages" }).count()).toBe(0);
    expect(await page.getByRole("button", { name: "Refresh" }).isVisible()).toBe(false);
  });
});
