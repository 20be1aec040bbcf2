import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import "./styles/mantine.ts";
import "./styles/base.css";
import "./styles/print.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { type ReactNode, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createClient, createQueryClient, TRPCProvider } from "./api.ts";
import { useHighContrast } from "./contrast.ts";
import { createAppRouter } from "./routes.tsx";
import { cssVariables, highContrastVariables, theme } from "./theme.ts";

const queryClient = createQueryClient();
const client = createClient();
const router = createAppRouter();
const colorScheme = localStorageColorSchemeManager({ key: "countersign-color-scheme" });
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";

function Appearance({ children }: { children: ReactNode }) {
  const isHigh = useHighContrast();
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={isHigh ? highContrastVariables : cssVariables}
      defaultColorScheme="auto"
      colorSchemeManager={colorScheme}
      getStyleNonce={() => nonce}
    >
      {children}
    </MantineProvider>
  );
}

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Appearance>
        <QueryClientProvider client={queryClient}>
          <TRPCProvider trpcClient={client} queryClient={queryClient}>
            <RouterProvider router={router} />
          </TRPCProvider>
        </QueryClientProvider>
      </Appearance>
    </StrictMode>,
  );
}
