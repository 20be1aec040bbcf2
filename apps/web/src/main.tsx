import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import "./styles/mantine.ts";
import "./styles/base.css";
import "./styles/print.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createClient, createQueryClient, TRPCProvider } from "./api.ts";
import { createAppRouter } from "./routes.tsx";
import { cssVariables, theme } from "./theme.ts";

const queryClient = createQueryClient();
const client = createClient();
const router = createAppRouter();
const colorScheme = localStorageColorSchemeManager({ key: "countersign-color-scheme" });
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariables}
        defaultColorScheme="auto"
        colorSchemeManager={colorScheme}
        getStyleNonce={() => nonce}
      >
        <QueryClientProvider client={queryClient}>
          <TRPCProvider trpcClient={client} queryClient={queryClient}>
            <RouterProvider router={router} />
          </TRPCProvider>
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
