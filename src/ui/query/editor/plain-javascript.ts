/**
 * Stands in for `@lezer/javascript` in the built extension (see vite.config.ts): the bodies of
 * JavaScript functions in SurrealQL stay plain, as they are wherever else the panel shows statements.
 *
 * `@surrealdb/codemirror` brings the whole grammar along for them, which would be 30 KB of a package
 * that is to stay below 500.
 */
import { NodeType, Parser, type PartialParse, Tree } from "@lezer/common";

const script = NodeType.define({ id: 0, name: "Script", top: true });

class PlainParser extends Parser {
  createParse(
    _input: unknown,
    _fragments: unknown,
    ranges: readonly { from: number; to: number }[],
  ): PartialParse {
    const from = ranges[0]?.from ?? 0;
    const end = ranges.at(-1)?.to ?? from;
    return {
      parsedPos: end,
      stoppedAt: null,
      stopAt: () => undefined,
      advance: () => new Tree(script, [], [], end - from),
    };
  }
}

export const parser = new PlainParser();
