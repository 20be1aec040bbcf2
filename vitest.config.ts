import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: [
            "packages/*/src/**/*.test.ts",
            "apps/{api,web,witness,worker}/src/**/*.test.ts",
            "scripts/**/*.test.ts",
          ],
          globalSetup: ["packages/db/src/testing/global-setup.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["e2e/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // A browser on a busy machine misses a step now and then; what fails twice fails, and a second try is reported.
          retry: 1,
        },
      },
    ],
  },
});
