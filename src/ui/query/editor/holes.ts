/**
 * What is clearly wrong with a text, before it is sent: a bracket that isn't closed, one too many, a
 * string without an end, a value left out.
 *
 * Only that, because the grammar (`@surrealdb/lezer`) is older than the server: a token that it didn't
 * expect may well be right. So the tree serves to tell strings and comments from the rest, and a place
 * where it misses something counts only where it met nothing strange before.
 */
import type { Tree } from "@lezer/common";

export interface Hole {
  from: number;
  to: number;
  message: string;
}

/** Undefined where nothing is clearly wrong. */
export function firstHole(text: string, tree: Tree): Hole | undefined {
  return bracketHole(text, tree) ?? missingValue(text, tree);
}

const CLOSING: Record<string, string> = { "(": ")", "[": "]", "{": "}" };

/** In what the tree has no name for, and in what it couldn't read, brackets and quotes count. */
function bracketHole(text: string, tree: Tree): Hole | undefined {
  const open: { mark: string; at: number }[] = [];
  let hole: Hole | undefined;
  let seen = 0;

  function look(from: number, to: number) {
    for (let at = Math.max(from, seen); at < to && !hole; at++) {
      const mark = text.charAt(at);
      if (mark === '"' || mark === "'" || mark === "`") {
        // A kind of string that the grammar doesn't know, or one without an end.
        const end = endOfString(text, at);
        if (end === undefined) hole = { from: at, to: at + 1, message: "This string has no end." };
        else at = seen = end;
      } else if (mark === "/" && text.charAt(at + 1) === "*") {
        hole = { from: at, to: at + 2, message: "This comment has no end." };
      } else if (CLOSING[mark]) open.push({ mark, at });
      else if (mark === ")" || mark === "]" || mark === "}") {
        const last = open.pop();
        if (last && CLOSING[last.mark] === mark) continue;
        const message = last
          ? `${last.mark} is open here: ${CLOSING[last.mark]} is expected.`
          : `${mark} closes nothing.`;
        hole = { from: at, to: at + 1, message };
      }
    }
  }

  let done = 0;
  tree.iterate({
    enter: (node) => {
      if (hole) return false;
      const whole = OPAQUE.has(node.name);
      if (!whole && node.node.firstChild) return true;
      if (whole && endsUnread(node.node.lastChild)) {
        hole = { from: node.from, to: node.from + 2, message: "This comment has no end." };
        return false;
      }
      if (node.to === node.from || BARE.has(node.name) || node.type.isError) return false;
      look(done, node.from);
      done = node.to;
      return false;
    },
  });
  if (!hole) look(done, text.length);
  if (hole) return hole;
  const last = open.at(-1);
  return (
    last && {
      from: last.at,
      to: last.at + 1,
      message: `${last.mark} is never closed: ${CLOSING[last.mark]} is missing.`,
    }
  );
}

function endOfString(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === text[start]) return at;
  }
  return undefined;
}

/** Strings and comments have no parts, or parts whose brackets are their own. */
const OPAQUE = new Set(["FormatString", "BlockComment", "JavaScriptBlock", "Regex", "Duration"]);
/** Leaves that are themselves brackets. */
const BARE = new Set(["BraceOpen", "BraceClose", "[", "]", "(", ")", "SurrealQL"]);

function endsUnread(last: { type: { isError: boolean } } | null): boolean {
  return last?.type.isError ?? false;
}

/** `{ name: }`, `1 + `: where the first thing that the grammar stumbles over is that nothing is there. */
function missingValue(text: string, tree: Tree): Hole | undefined {
  let hole: Hole | undefined;
  let strange = false;
  tree.iterate({
    enter: (node) => {
      if (strange) return false;
      if (!node.type.isError) return true;
      strange = true;
      const parent = node.node.parent;
      if (node.to > node.from || parent?.lastChild?.from !== node.from) return false;
      if (parent.name !== "ObjectProperty" && parent.name !== "BinaryExpression") return false;
      const before = text.slice(0, node.from).trimEnd().length;
      hole = { from: Math.max(0, before - 1), to: before, message: "A value is missing here." };
      return false;
    },
  });
  return hole;
}
