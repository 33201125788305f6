/**
 * Finds where a SurrealQL text begins and ends live queries.
 *
 * A live query belongs to whoever began it, and the server doesn't check. So before a text with KILL
 * is passed on, what it kills must be known: an id that is written there, or one that is bound. The
 * text is read token by token, past strings, comments and quoted names, which may hold the words.
 */

/** What stands behind a KILL. */
export type KillOperand =
  /** From `start` to `end` stand the 36 characters of the id. */
  | { by: "id"; id: string; start: number; end: number }
  | { by: "param"; name: string }
  /** Something that can't be known before it runs. */
  | { by: "other" };

export interface LiveScan {
  /** A LIVE SELECT stands in it. */
  begins: boolean;
  kills: KillOperand[];
  /** Nothing but KILL statements stand in it. */
  onlyKills: boolean;
  /** Parameters that stand anywhere else than behind a KILL, where they may be set anew. */
  otherParams: ReadonlySet<string>;
  /** A server may read the text otherwise than it was read here, and find a KILL where none was seen. */
  unclear: boolean;
}

const TOKEN =
  /(?<skip>\s+|\/\*[\s\S]*?(?:\*\/|$)|(?:--|\/\/|#)[^\n]*)|(?<string>[a-zA-Z]?(?:'(?:\\[\s\S]|[^'\\])*(?:'|$)|"(?:\\[\s\S]|[^"\\])*(?:"|$)))|(?<quoted>`(?:\\[\s\S]|[^`\\])*(?:`|$)|⟨[^⟩]*(?:⟩|$))|(?<param>\$[\p{L}\p{N}_]+|\$`(?:\\[\s\S]|[^`\\])*(?:`|$)|\$⟨[^⟩]*(?:⟩|$))|(?<word>[\p{L}\p{N}_]+)|(?<other>[\s\S])/uy;

const UUID = /^([a-zA-Z]?)(['"])([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\2$/i;

interface Token {
  kind: "string" | "quoted" | "param" | "word" | "other";
  text: string;
  start: number;
}

const KILLS = /(?<![\p{L}\p{N}_])kill(?![\p{L}\p{N}_])/giu;

export function scanLive(text: string): LiveScan {
  const otherParams = new Set<string>();
  const scan: LiveScan = { begins: false, kills: [], onlyKills: true, otherParams, unclear: false };
  const tokens = tokensOf(text);
  let statement: Token[] = [];
  const close = () => {
    const isKill = statement.length === 2 && isWord(statement[0], "kill");
    if (statement.length > 0 && !isKill) scan.onlyKills = false;
    statement = [];
  };
  for (const [index, token] of tokens.entries()) {
    if (token.kind === "other" && token.text === ";") {
      close();
      continue;
    }
    statement.push(token);
    const before = tokens[index - 1];
    const next = tokens[index + 1];
    if (isWord(token, "live") && isWord(next, "select")) scan.begins = true;
    if (isWord(token, "kill") && isKill(before, next)) scan.kills.push(operandOf(next));
    else if (token.kind === "param" && !isWord(before, "kill")) otherParams.add(nameOf(token));
  }
  close();
  if (scan.kills.length === 0) scan.onlyKills = false;
  // What is divided here may be a regular expression there, and what is quoted here a statement.
  const isSure = !tokens.some(({ kind, text: of }) =>
    kind === "other" ? of === "/" || of === "\\" : kind === "quoted" && /^⟨.*\\/s.test(of),
  );
  const seen = tokens.filter((token) => isWord(token, "kill"));
  scan.unclear = !isSure && (text.match(KILLS)?.length ?? 0) > seen.length;
  return scan;
}

/** A name of a field, a table or a record kills nothing: no value stands behind it. */
function isKill(before: Token | undefined, next: Token | undefined): boolean {
  if (!isPartOfPath(before)) return beginsValue(next);
  return next?.kind === "param" || next?.kind === "string";
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (;;) {
    const start = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match?.groups) return tokens;
    for (const kind of ["string", "quoted", "param", "word", "other"] as const) {
      if (match.groups[kind] !== undefined) tokens.push({ kind, text: match[0], start });
    }
  }
}

function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === "word" && token.text.toLowerCase() === word;
}

function isPartOfPath(before: Token | undefined): boolean {
  return before?.kind === "other" && (before.text === "." || before.text === ":");
}

function beginsValue(token: Token | undefined): boolean {
  return token !== undefined && (token.kind !== "other" || "(<{[$".includes(token.text));
}

function operandOf(token: Token | undefined): KillOperand {
  if (token?.kind === "param") return { by: "param", name: nameOf(token) };
  const uuid = token?.kind === "string" ? UUID.exec(token.text) : null;
  const id = uuid?.[3];
  if (!token || id === undefined) return { by: "other" };
  const start = token.start + (uuid?.[1]?.length ?? 0) + 1;
  return { by: "id", id: id.toLowerCase(), start, end: start + id.length };
}

/** Without its quotes; what is escaped in them stays so, and is no binding's name then. */
function nameOf({ text }: Token): string {
  return text.replace(/^\$[`⟨]?|[`⟩]$/g, "");
}
