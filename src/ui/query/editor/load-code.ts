/** CodeMirror, loaded when the first editor comes on screen, and only once. */
export type CodeModule = typeof import("./code-mirror.ts");

let loading: Promise<CodeModule | undefined> | undefined;
let loaded: CodeModule | undefined;

/** The module, where it is there already. */
export function codeModule(): CodeModule | undefined {
  return loaded;
}

/** Undefined where it can't be had: an extension that was updated under an open panel hasn't the old file. */
export function loadCode(): Promise<CodeModule | undefined> {
  loading ??= import("./code-mirror.ts").then(
    (module) => {
      loaded = module;
      return module;
    },
    () => undefined,
  );
  return loading;
}
