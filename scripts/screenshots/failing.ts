import type { Page } from "playwright-core";

const answer = {
  error: {
    json: {
      message: "Something went wrong here. Nothing was changed.",
      code: -32603,
      data: { code: "INTERNAL_SERVER_ERROR", httpStatus: 500, reason: "internal", requestId: "r_7Kq2mVx0aN" },
    },
  },
};

/** Lets every call of the page fail as one that met a fault of ours, except the one that tells who is signed in. */
export const failEveryCall = (page: Page): Promise<unknown> =>
  page.route("**/trpc/**", async (route) => {
    const { pathname, searchParams } = new URL(route.request().url());
    const names = pathname.slice("/trpc/".length).split(",");
    if (!searchParams.has("batch")) return route.fulfill({ status: 500, json: answer });
    const real = names.includes("auth.me") ? await (await route.fetch()).json() : [];
    return route.fulfill({
      status: 207,
      json: names.map((name, place) => (name === "auth.me" ? real[place] : answer)),
    });
  });
