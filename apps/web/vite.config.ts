import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const api = process.env.API_URL ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react()],
  build: { target: "es2023", chunkSizeWarningLimit: 900 },
  server: { host: "127.0.0.1", proxy: { "/trpc": api, "/api": api, "/health": api } },
});
