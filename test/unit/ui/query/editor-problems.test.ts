/** Where an error stands: as the server says it, and what is clear before it is asked. */
import { parser } from "@surrealdb/lezer";
import { describe, expect, it } from "vitest";
import { firstHole } from "../../../../src/ui/query/editor/holes.ts";
import {
  errorPlace,
  movedUp,
  placeIn,
  placeOf,
  problemOf,
} from "../../../../src/ui/query/editor/problems.ts";

// Each as engine 3.0.2 writes it.
const IDENTIFIER =
  "Parse error: Unexpected token `an identifier`, expected Eof\n --> [1:7]\n  |\n1 | SELEC nonsense\n  |       ^^^^^^^^\n";
const DELIMITER =
  "The variables can't be used: Parse error: Unexpected token `)` expected delimiter `]`\n --> [3:1]\n  |\n3 | )\n  | ^\n --> [2:1]\n  |\n2 | [1,2\n  | ^ expected this delimiter to close\n";
const UNCLOSED =
  "Parse error: Unexpected end of file, expected string to end.\n --> [2:6]\n  |\n2 | { a: 'x }\n  |      ^ String starting here.\n";
const WIDE =
  "Parse error: Unexpected token `an identifier`, expected Eof\n --> [1:13]\n  |\n1 | RETURN '😀😀' nonsense x\n  |             ^^^^^^^^\n";

/** As of a text that was sent between "RETURN (" and ")". */
function ofValue(message: string, text: string) {
  return marked(movedUp(message, 1), text, "\n)");
}

function marked(message: string, text: string, behind?: string) {
  const problem = problemOf(message, text, behind);
  return problem && text.slice(problem.from, problem.to);
}

describe("the server's parse error", () => {
  it("names line, column and length", () => {
    expect(errorPlace(IDENTIFIER)).toEqual({ line: 1, column: 7, length: 8 });
    expect(errorPlace(DELIMITER)).toEqual({ line: 3, column: 1, length: 1 });
    expect(errorPlace("Parse error: odd\n --> [2:3]")).toEqual({ line: 2, column: 3 });
    for (const other of ["Thrown: no --> [1:2] here", " --> [0:1]\n", "", "An error --> [x:1]"]) {
      expect(errorPlace(other)).toBeUndefined();
    }
  });

  it("is found in what the person wrote", () => {
    expect(marked(IDENTIFIER, "SELEC nonsense")).toBe("nonsense");
    expect(problemOf(IDENTIFIER, "SELEC nonsense")?.message).toBe(
      "Unexpected token `an identifier`, expected Eof",
    );
    expect(marked(WIDE, "RETURN '😀😀' nonsense x")).toBe("nonsense");
    expect(ofValue(UNCLOSED, "{ a: 'x }")).toBe("'");
  });

  it("behind the person's text stands at its end; in another text, nowhere", () => {
    expect(ofValue(DELIMITER, "[1,2")).toBe("2");
    expect(marked(UNCLOSED, "one line")).toBeUndefined();
    expect(marked("Parse error: x\n --> [1:2]", "")).toBeUndefined();
  });

  it("counts in the person's own lines", () => {
    expect(movedUp(UNCLOSED, 1)).toContain(" --> [1:6]\n  |\n1 | { a: 'x }\n");
  });

  it("says line and column of a place in characters", () => {
    expect(placeOf("a\n'😀' b", 7)).toEqual({ line: 2, column: 5 });
  });
});

describe("what is clearly wrong before it is sent", () => {
  const hole = (text: string) => {
    const found = firstHole(text, parser.parse(text));
    return found && `${found.from} ${text.slice(found.from, found.to)} ${found.message}`;
  };

  it("brackets, strings, comments, values that are left out", () => {
    expect(hole("{ a: [1, 2 }")).toBe("11 } [ is open here: ] is expected.");
    expect(hole("{ a: 1 } }")).toBe("9 } } closes nothing.");
    expect(hole("[note:1,")).toBe("0 [ [ is never closed: ] is missing.");
    expect(hole("{ since: time::now( - 1d }")).toBe("25 } ( is open here: ) is expected.");
    expect(hole('{ a: "x }')).toBe('5 " This string has no end.');
    expect(hole("{ a: 1 } /* x")).toBe("9 /* This comment has no end.");
    expect(hole("{ name: }")).toBe("6 : A value is missing here.");
    expect(hole("{ a: 1 + }")).toBe("7 + A value is missing here.");
  });

  it("nothing that the server may well know better", () => {
    for (const text of [
      "",
      '{ name: "x", since: time::now() - 1d }',
      '{ y: s"x", "(": 1, c: [1, 2,], }',
      "{ a: IF true { 1 } ELSE { 2 }, b: (SELECT * FROM note WHERE x = 'a)') }",
      "-- (\n{ a: /* [ */ 1, r: /a(b/, s: {1, 2}, p: (1, 2), f: |$x| $x + 1 }",
      "{ t: note:⟨a(⟩, u: `b[`, o: note:{ a: [1] } }",
      '{ "a b": d"2024-01-01T00:00:00Z", n: -1.5e3, r: 1..=5, b: b"00" }',
      "[u'018f0000-0000-7000-8000-000000000000', fn::x(), <string>1]",
    ]) {
      expect(hole(text), text).toBeUndefined();
    }
  });
});

describe("a place in a text that was sent", () => {
  const live = { text: "SELECT 1; LIVE x", from: 10, to: 14 };

  it("is the same where all that is written was sent", () => {
    expect(placeIn(live.text, live, undefined)).toEqual({ from: 10, to: 14 });
  });

  it("is further behind where a part was marked, as long as that stands there", () => {
    const written = `RETURN 0; ${live.text}; RETURN 2`;
    expect(placeIn(written, live, { text: live.text, from: 10 })).toEqual({ from: 20, to: 24 });
    expect(placeIn(` ${written}`, live, { text: live.text, from: 10 })).toBeUndefined();
  });

  it("is nowhere in another text", () => {
    expect(placeIn(`${live.text} `, live, undefined)).toBeUndefined();
    expect(placeIn(`${live.text} `, live, { text: "SELECT", from: 0 })).toBeUndefined();
  });
});
