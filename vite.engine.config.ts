/**
 * Builds `switchyard/engine`, the engine for the official SDK, as a library. The SDK stays outside: the
 * page brings its own, and its classes are told apart by identity.
 */
import { defineConfig } from "vite";

export default defineConfig({
  publicDir: false,
  build: {
    outDir: "dist/engine",
    emptyOutDir: true,
    target: "es2022",
    minify: false,
    reportCompressedSize: false,
    lib: { entry: "src/engine/index.ts", formats: ["es"], fileName: "index" },
    rolldownOptions: { external: ["surrealdb"] },
  },
});
