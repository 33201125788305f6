/**
 * SurrealQL laid out for reading: statements and clauses on lines of their own, blocks set in.
 *
 * Only blanks between tokens are ever changed, never a token: whoever copies the text runs what the
 * page ran. What fits on a line stays on it. The grammar (`@surrealdb/lezer`) is older than the
 * server, so a token that it didn't expect is no reason to give up; a hole in the text is, and then
 * the text is shown as it was written, which is also what the server's error message counts lines in.
 */
import type { SyntaxNode, Tree } from "@lezer/common";

/** Characters that a line should hold. */
const WIDTH = 64;
const INDENT = "  ";

/**
 * @param tree the text's syntax tree
 * @returns the text laid out anew, or as it was where it can't be read as SurrealQL
 */
export function formatSurrealql(text: string, tree: Tree): string {
  if (hasHoles(tree)) return text.trim();
  const leaves = leavesOf(tree);
  const layout = new Layout(text, leaves);
  layout.place(tree.topNode, 0);
  return write(text, leaves, layout.breaks);
}

interface Leaf {
  from: number;
  to: number;
  comment: boolean;
}

/** True where the parser had to make something up: a missing token, or characters that are none. */
export function hasHoles(tree: Tree): boolean {
  let found = false;
  tree.iterate({
    enter: (node) => {
      if (node.type.isError && !node.node.firstChild) found = true;
      return !found;
    },
  });
  return found;
}

function leavesOf(tree: Tree): Leaf[] {
  const leaves: Leaf[] = [];
  tree.iterate({
    enter: (node) => {
      // Strings and comments have no parts, or parts whose blanks are their own.
      const whole = OPAQUE.has(node.name);
      if (!whole && node.node.firstChild) return true;
      if (node.to > node.from && node.name !== "SurrealQL") {
        leaves.push({ from: node.from, to: node.to, comment: node.name === "Comment" });
      }
      return false;
    },
  });
  return leaves;
}

const OPAQUE = new Set(["FormatString", "BlockComment", "JavaScriptBlock", "Regex", "Duration"]);

/** Where lines begin, and how far they are set in: by the position of their first token. */
class Layout {
  readonly breaks = new Map<number, number>();
  /** Characters from the start to each position, runs of blanks counted as one. */
  readonly #columns: Int32Array;
  readonly #text: string;
  readonly #comments: readonly Leaf[];

  constructor(text: string, leaves: readonly Leaf[]) {
    this.#text = text;
    this.#comments = leaves.filter((leaf) => leaf.comment);
    this.#columns = new Int32Array(text.length + 1);
    let column = 0;
    for (let at = 0; at < text.length; at++) {
      this.#columns[at] = column;
      if (!isBlank(text[at]) || !isBlank(text[at - 1])) column++;
    }
    this.#columns[text.length] = column;
  }

  place(node: SyntaxNode, level: number): void {
    if (this.#fits(node, level)) return;
    const { name } = node;
    if (name === "SurrealQL") this.#each(node, 0);
    else if (name === "Block") this.#bracketed(node, level, childrenOf(node));
    else if (name === "SubQuery" || name === "ArgumentList") {
      this.#bracketed(node, level, childrenOf(node));
    } else if (name === "Object") {
      const content = node.getChild("ObjectContent");
      this.#bracketed(node, level, content ? childrenOf(content) : []);
    } else if (name === "Array") {
      const items = childrenOf(node);
      // A vector of numbers reads better as a paragraph than as a tower.
      if (items.some((each) => each.name !== "Number")) this.#bracketed(node, level, items);
    } else if (name === "Fields" || name === "SetClause" || name === "UnsetClause") {
      this.#list(node, level + 1);
    } else if (name === "WhereClause") this.#conditions(node, level);
    else if (name === "DefineStatement" || name === "AccessDefinition") {
      this.#clauses(node, level + 1, level);
    } else if (name === "PermissionsForClause" || name === "AccessTypeClause") {
      this.#clauses(node, level + 1, level);
    } else if (name.endsWith("Statement")) this.#clauses(node, level, level);
    else for (const child of childrenOf(node, true)) this.place(child, level);
  }

  #break(at: number, level: number) {
    if (!this.breaks.has(at)) this.breaks.set(at, level);
  }

  /** On one line, where it stands; what has a line comment or several statements in it isn't. */
  #fits(node: SyntaxNode, level: number): boolean {
    const { from, to, name } = node;
    const width = (this.#columns[to] ?? 0) - (this.#columns[from] ?? 0);
    if (width > WIDTH - level * INDENT.length) return false;
    if ((name === "SurrealQL" || name === "Block") && childrenOf(node).length > 1) return false;
    if (this.#comments.some((comment) => comment.from >= from && comment.to <= to)) return false;
    return childrenOf(node, true).every((child) => !child.firstChild || this.#fits(child, level));
  }

  #each(node: SyntaxNode, level: number) {
    for (const child of childrenOf(node)) {
      this.#break(child.from, level);
      this.place(child, level);
    }
  }

  #bracketed(node: SyntaxNode, level: number, items: SyntaxNode[]) {
    if (items.length === 0) return;
    for (const item of items) {
      this.#break(item.from, level + 1);
      this.place(item, level + 1);
    }
    if (/[\])}]/.test(this.#text[node.to - 1] ?? "")) this.#break(node.to - 1, level);
  }

  #list(node: SyntaxNode, level: number) {
    const items = childrenOf(node);
    for (const item of items) {
      if (items.length > 1) this.#break(item.from, level);
      this.place(item, level);
    }
  }

  /** Each AND and OR begins a line. Operators of all ranks stand flat in the grammar, left to right. */
  #conditions(node: SyntaxNode, level: number) {
    let at: SyntaxNode | null = node.getChild("BinaryExpression");
    if (!at) {
      for (const child of childrenOf(node)) this.place(child, level + 1);
      return;
    }
    while (at?.name === "BinaryExpression") {
      const operator = at.getChild("Operator");
      const word = operator ? this.#text.slice(operator.from, operator.to).toLowerCase() : "";
      if (operator && /^(and|or|&&|\|\|)$/.test(word)) this.#break(operator.from, level + 1);
      if (at.lastChild) this.place(at.lastChild, level + 1);
      const left: SyntaxNode | null = at.firstChild;
      if (left && left.name !== "BinaryExpression") this.place(left, level + 1);
      at = left;
    }
  }

  #clauses(node: SyntaxNode, clauseLevel: number, level: number) {
    for (const child of childrenOf(node, true)) {
      const starts =
        (child.name.endsWith("Clause") && !/^(On|If|Overwrite)/.test(child.name)) ||
        child.name === "PermissionGroup" ||
        (child.name === "Keyword" && this.#startsClause(node, child));
      if (starts) this.#break(child.from, clauseLevel);
      this.place(child, starts ? clauseLevel : level);
    }
  }

  /** Clauses that the grammar has no node of their own for. */
  #startsClause(statement: SyntaxNode, keyword: SyntaxNode): boolean {
    const word = this.#text.slice(keyword.from, keyword.to).toLowerCase();
    if (statement.name === "SelectStatement" || statement.name === "LiveSelectStatement") {
      return word === "from";
    }
    return statement.name === "InsertStatement" && (word === "on" || word === "values");
  }
}

/** Children that aren't brackets or comments; with `words`, keywords and such too. */
function childrenOf(node: SyntaxNode, words = false): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (BRACKETS.has(child.name) || child.name.endsWith("Comment")) continue;
    if (!words && child.name === "Keyword") continue;
    found.push(child);
  }
  return found;
}

const BRACKETS = new Set(["BraceOpen", "BraceClose", "[", "]", "(", ")"]);

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\n" || character === "\t" || character === "\r";
}

function write(text: string, leaves: readonly Leaf[], breaks: ReadonlyMap<number, number>): string {
  let out = "";
  let blank = false;
  let line = false;
  let level = 0;

  function put(at: number, token: string) {
    const broken = breaks.get(at);
    if (broken !== undefined) level = broken;
    if (out !== "" && (broken !== undefined || line)) out += `\n${INDENT.repeat(level)}`;
    else if (out !== "" && blank) out += " ";
    out += token;
    blank = false;
    line = false;
  }

  /** What stands between leaves: blanks, and marks that the tree doesn't name. */
  function between(from: number, to: number) {
    for (let at = from; at < to; at++) {
      const mark = text.charAt(at);
      if (isBlank(mark)) blank = true;
      else {
        if (mark === "," || mark === ";") blank = false;
        put(at, mark);
        if (mark === ",") blank = true;
      }
    }
  }

  let done = 0;
  for (const { from, to, comment } of leaves) {
    between(done, from);
    // A comment stays where it was: behind what it is about, or on a line of its own.
    if (comment && text.slice(done, from).includes("\n")) line = true;
    put(from, text.slice(from, to));
    if (comment) line = true;
    done = to;
  }
  between(done, text.length);
  return out;
}
