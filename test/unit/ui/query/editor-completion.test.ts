/** What completion offers, and in which order. */
import { describe, expect, it } from "vitest";
import type { Schema } from "../../../../src/session/schema.ts";
import { offersAt } from "../../../../src/ui/query/editor/completion.ts";

const SCHEMA: Schema = {
  tables: [
    { name: "note", fields: ["text", "owner", "owner.name", "tags", "tags.*"] },
    { name: "user", fields: ["name", "team"] },
    { name: "audit log" },
    { name: "no`ta‮ble" },
  ],
  functions: ["notes::of"],
  params: ["limit"],
};

function offered(text: string, schema: Schema | undefined = SCHEMA, language?: "value") {
  const [before = "", after = ""] = text.split("|");
  return offersAt(before, after, schema, language ?? "statement").offers.map(({ text }) => text);
}

describe("completion", () => {
  it("begins with what fits the place", () => {
    expect(offered("SELECT * FROM n|").slice(0, 2)).toEqual(["note", "`no\\`ta\\u{202e}ble`"]);
    expect(offered("SELECT t| FROM note").slice(0, 2)).toEqual(["text", "tags"]);
    expect(offered("UPDATE note SET o|")[0]).toBe("owner");
    expect(offered("SELECT * FROM note WHERE owner.|").slice(0, 2)).toEqual(["text", "owner"]);
    expect(offered("SELECT ->n|")).toEqual(["note", "`no\\`ta\\u{202e}ble`"]);
    expect(offered("s|")[0]).toBe("SELECT");
    expect(offered("RETURN 1; d|").slice(0, 2)).toEqual(["DELETE", "DEFINE"]);
  });

  it("knows the fields of the tables that the statement names, and not of others", () => {
    expect(offered("SELECT na| FROM user; SELECT * FROM note")).toContain("name");
    expect(offered("SELECT na| FROM note; SELECT * FROM user")).not.toContain("name");
    expect(offered("SELECT tex| FROM notes")).toContain("text");
  });

  it("writes names as the parser needs them", () => {
    expect(offered("SELECT * FROM aud|")).toEqual(["`audit log`"]);
    expect(offersAt("SELECT * FROM `aud", "", SCHEMA, "statement")).toMatchObject({
      typed: 4,
      offers: [{ text: "`audit log`", kind: "table" }],
    });
  });

  it("offers functions and parameters: the database's, the server's, and those of a LET", () => {
    expect(offered("RETURN fn::no|")).toEqual(["fn::notes::of"]);
    expect(offered("LET $least = 1; RETURN $l|")).toEqual(["$least", "$limit"]);
    expect(offered("RETURN $au|", {})).toEqual(["$auth"]);
  });

  it("without a schema knows keywords, and the words that are there", () => {
    expect(offered("SELECT * FROM nothing WHERE no|", {})).toEqual([
      "NOINDEX",
      "NONE",
      "NOT",
      "NOTINSIDE",
      "nothing",
    ]);
    expect(offered("SELECT * FROM no|", {})).not.toContain("note");
  });

  it("offers nothing that is written out already", () => {
    expect(offered("select * from|")).toEqual([]);
    expect(offered("SELECT * FROM note|")).toEqual([]);
  });

  it("in a value: few words", () => {
    expect(offered("{ a: N|", {}, "value")).toEqual(["NONE", "NULL"]);
  });

  it("doesn't slow down with the text", () => {
    const long = "SELECT * FROM note; ".repeat(50_000);
    const began = performance.now();
    for (let times = 0; times < 50; times++) offered(`${long}SELECT te|${long}`);
    expect((performance.now() - began) / 50).toBeLessThan(100);
  });
});
