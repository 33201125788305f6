/**
 * Builds the extension for one browser: `vite build --mode chrome` (the default) or `--mode firefox`.
 *
 * manifest.json is one source for both. It is written as Chrome reads it, with the gecko settings
 * beside; `manifestFor` is the whole list of what differs. One process per browser, because the
 * extension plugin keeps state in its modules.
 */

import { fileURLToPath } from "node:url";
import { type CrxPlugin, crx, type ManifestV3Export } from "@crxjs/vite-plugin";
import preact from "@preact/preset-vite";
import { defineConfig, type Plugin } from "vite";
import manifest from "./manifest.json" with { type: "json" };
import packageJson from "./package.json" with { type: "json" };

type Browser = "chrome" | "firefox";
type Manifest = Exclude<ManifestV3Export, Promise<unknown> | ((...args: never[]) => unknown)>;

/** The manifest as this browser wants it. */
function manifestFor(browser: Browser): Manifest {
  const {
    key,
    minimum_chrome_version,
    message_serialization,
    browser_specific_settings,
    incognito,
    background,
    ...common
  } = { ...manifest, version: packageJson.version };
  if (browser === "chrome") {
    const forChrome = {
      ...common,
      key,
      minimum_chrome_version,
      // Without it ports carry JSON, and bytes arrive as {"0": …}. Firefox clones anyway.
      message_serialization,
      incognito,
      background,
    };
    return forChrome;
  }
  return {
    ...common,
    browser_specific_settings: browser_specific_settings as Manifest["browser_specific_settings"],
    // Firefox has no split mode: one worker would serve and store both kinds of window.
    incognito: "not_allowed",
    background: { scripts: [background.service_worker], type: background.type } as {
      scripts: string[];
    },
  };
}

/**
 * Two promises about what the plugin makes of the manifest.
 *
 * A content script that isn't an IIFE gets an async loader, which runs after the page's own scripts
 * (Chrome) or not at all in the page's world (Firefox): the plugin only warns, this fails the build.
 * And no page may load a file of the extension, so whatever the plugin declares accessible is taken
 * back: content scripts are injected without it.
 */
function strictManifest(): CrxPlugin {
  return {
    name: "switchyard:strict-manifest",
    enforce: "post",
    apply: "build",
    transformCrxManifest(source) {
      const late = (source.content_scripts ?? [])
        .flatMap(({ js = [] }) => js)
        .filter((file) => !/\.iife\.tsx?$/.test(file));
      if (late.length > 0) {
        throw new Error(
          `Content scripts would run after the page's scripts (async loader): ${late.join(", ")}. ` +
            "Name them *.iife.ts.",
        );
      }
      return source;
    },
    renderCrxManifest(rendered) {
      delete rendered.web_accessible_resources;
      return rendered;
    },
  };
}

/**
 * The plugin builds each content script that the worker registers twice: as the IIFE that runs, and before
 * that as a module, which nothing ever loads.
 */
function withoutUnloadedModules(): Plugin {
  return {
    name: "switchyard:without-unloaded-modules",
    enforce: "post",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        const chunks = Object.values(bundle).filter((each) => each.type === "chunk");
        const unloaded = new Set<string>();
        for (const { fileName, facadeModuleId } of chunks) {
          if (facadeModuleId && /\.iife\.ts$/.test(facadeModuleId)) unloaded.add(fileName);
        }
        // What only they share goes with them.
        for (const { fileName, isEntry } of chunks) {
          const users = chunks.filter(({ imports }) => imports.includes(fileName));
          const unused = users.length > 0 && users.every((user) => unloaded.has(user.fileName));
          if (!isEntry && unused) unloaded.add(fileName);
        }
        for (const fileName of unloaded) delete bundle[fileName];
      },
    },
  };
}

export default defineConfig(({ mode }) => {
  const browser: Browser = mode === "firefox" ? "firefox" : "chrome";
  return {
    plugins: [
      preact({ devToolsEnabled: false, prefreshEnabled: false }),
      crx({ manifest: manifestFor(browser), browser }),
      strictManifest(),
      withoutUnloadedModules(),
    ],
    resolve: {
      alias: {
        "@lezer/javascript": fileURLToPath(
          new URL("src/ui/query/editor/plain-javascript.ts", import.meta.url),
        ),
      },
    },
    build: {
      outDir: `dist/${browser}`,
      emptyOutDir: true,
      target: browser === "chrome" ? "chrome148" : "firefox142",
      // The oldest browsers allowed preload modules themselves.
      modulePreload: { polyfill: false },
      sourcemap: false,
      reportCompressedSize: false,
      rolldownOptions: {
        // Pages that the manifest doesn't name: the plugin would leave them out without a word.
        input: ["src/shells/panel.html", "src/shells/welcome.html"],
      },
    },
  };
});
