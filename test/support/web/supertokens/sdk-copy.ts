/**
 * supertokens-node in a copy of its own for each application.
 *
 * The package keeps its configuration in its modules and ignores a second `init`, while a test may have
 * several applications, one after another or at once. It loads all that it needs until `init` is through.
 */
import { createRequire } from "node:module";

export interface ServerSdk {
  readonly SuperTokens: typeof import("supertokens-node");
  readonly Session: typeof import("supertokens-node/recipe/session");
  /** For servers that are none of the known frameworks: Node's own here. */
  readonly custom: typeof import("supertokens-node/framework/custom");
}

const require = createRequire(import.meta.url);

/** Loads a copy. Its `init` must be called before another copy is loaded. */
export function loadServerSdk(): ServerSdk {
  for (const file of Object.keys(require.cache)) {
    // Its dependencies may be shared.
    if (/[\\/]supertokens-node[\\/](?!node_modules)/.test(file)) delete require.cache[file];
  }
  return {
    SuperTokens: require("supertokens-node"),
    Session: require("supertokens-node/recipe/session"),
    custom: require("supertokens-node/framework/custom"),
  };
}
