/** Serves the gallery, on this machine only. */
import preact from "@preact/preset-vite";
import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [preact({ devToolsEnabled: false, prefreshEnabled: false })],
  server: { host: "127.0.0.1", port: 0, fs: { allow: ["../../.."] } },
});
