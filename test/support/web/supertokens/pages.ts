/** The application's pages: one with the SDK, one without any script, and the script itself. */
import { fileURLToPath } from "node:url";

export interface Asset {
  readonly type: string;
  readonly body: string;
}

/** Takes a second, and is the same for every application of the process. */
let script: Promise<string> | undefined;

/** What is to be served at a path; undefined where there is no page. */
export async function pageAt(path: string): Promise<Asset | undefined> {
  switch (path) {
    case "/":
      return page(`<p id="me"></p>\n<script type="module" src="/app.js"></script>`);
    case "/plain":
      return page("<p>A page without an SDK</p>");
    case "/app.js":
      script ??= bundle();
      return { type: "text/javascript", body: await script };
    default:
      return undefined;
  }
}

function page(body: string): Asset {
  const head = `<meta charset="utf-8" />\n<title>An application with SuperTokens</title>`;
  const html = `<!doctype html>
<html lang="en">
<head>
${head}
</head>
<body>
${body}
</body>
</html>
`;
  return { type: "text/html", body: html };
}

/** The page's script with the SDK, which comes as CommonJS only. */
async function bundle(): Promise<string> {
  // Loaded when it is needed: most tests of the server never ask for the script.
  const { build } = await import("vite");
  const built = await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      minify: false,
      modulePreload: false,
      rolldownOptions: { input: fileURLToPath(new URL("page-client.ts", import.meta.url)) },
    },
  });
  const output = "output" in built ? built.output : [];
  if (output.length !== 1) throw new Error(`Expected one file, got ${output.length}`);
  const [chunk] = output;
  if (chunk?.type !== "chunk") throw new Error("Expected a script");
  return chunk.code;
}
