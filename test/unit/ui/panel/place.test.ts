import { describe, expect, it } from "vitest";
import { suggestions } from "../../../../src/ui/components/combobox.tsx";
import { placeIntent } from "../../../../src/ui/panel/detail/place.ts";

const known = { namespaces: ["app"], databases: ["tenant_a", "tenant_b"] };
const current = { namespace: "app", database: "tenant_a" };

describe("what the button beside namespace and database says", () => {
  it("names what is created, before anything is sent", () => {
    const intent = placeIntent({ namespace: "app", database: "tennant_a", current, ...known });
    expect(intent).toEqual({
      text: "Creates database “tennant_a”",
      possible: true,
      creates: true,
      use: { namespace: "app", database: "tennant_a" },
    });
  });

  it("knows that a new namespace has no databases", () => {
    const intent = placeIntent({ namespace: "ap", database: "tenant_a", current, ...known });
    expect(intent.text).toBe("Creates namespace “ap” and database “tenant_a”");
    expect(placeIntent({ namespace: "ap", database: "", current, ...known }).text).toBe(
      "Creates namespace “ap”",
    );
  });

  it("selects what is there", () => {
    const intent = placeIntent({ namespace: "app", database: " tenant_b ", current, ...known });
    expect(intent).toMatchObject({
      text: "Select app/tenant_b",
      creates: false,
      use: { namespace: "app", database: "tenant_b" },
    });
    expect(intent.hint).toBeUndefined();
  });

  it("promises nothing about names that the server doesn't tell", () => {
    const intent = placeIntent({ namespace: "app", database: "tennant_a", current });
    expect(intent).toMatchObject({ text: "Select app/tennant_a", possible: true, creates: false });
    expect(intent.hint).toContain("may not list the names");
  });

  it("unsets what was emptied", () => {
    expect(placeIntent({ namespace: "", database: "", current, ...known })).toMatchObject({
      text: "Unset both",
      use: { namespace: null, database: null },
    });
    expect(placeIntent({ namespace: "app", database: "", current, ...known })).toMatchObject({
      text: "Unset database",
      use: { database: null },
    });
    expect(
      placeIntent({ namespace: "", database: "", current: { namespace: "app" }, ...known }).text,
    ).toBe("Unset namespace");
  });

  it("never sends a database without its namespace, and nothing that changes nothing", () => {
    const alone = placeIntent({ namespace: "", database: "x", current: {}, ...known });
    expect(alone).toMatchObject({ possible: false, hint: "A database needs its namespace." });
    expect(alone.use).toBeUndefined();
    const same = placeIntent({ namespace: "app", database: "tenant_a", current, ...known });
    expect(same).toMatchObject({ text: "Selected", possible: false });
  });
});

describe("a combobox's suggestions", () => {
  it("are those that contain what is typed; all, once one of them stands there", () => {
    expect(suggestions(known.databases, "_B")).toEqual(["tenant_b"]);
    expect(suggestions(known.databases, "tenant_a")).toEqual(known.databases);
    expect(suggestions(known.databases, "")).toEqual(known.databases);
    expect(suggestions(known.databases, "zzz")).toEqual([]);
  });
});
