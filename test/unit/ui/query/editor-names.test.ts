/** Names for completion: who is asked for them, how often, and what is said of those who may not look. */
import { describe, expect, it } from "vitest";
import type { Schema } from "../../../../src/session/schema.ts";
import { createSchemaNames } from "../../../../src/ui/query/editor/schema-names.ts";
import type { AnySession } from "../../../../src/ui/store/any-session.ts";
import type { PanelStore } from "../../../../src/ui/store/store.ts";
import { exampleSession } from "../../../support/ui/examples.ts";
import { examplePageSession } from "../../../support/ui/page-examples.ts";

const admin = exampleSession({ key: "admin", label: "Admin" });
const bob = exampleSession({ key: "bob", label: "Bob" });

function names(answers: Record<string, Schema | Error>) {
  const asked: string[] = [];
  const said: string[] = [];
  let now = 0;
  const made = createSchemaNames(
    {
      call: (async (_: string, { key }: { key: string }) => {
        asked.push(key);
        const answer = answers[key] ?? {};
        if (answer instanceof Error) throw answer;
        return answer;
      }) as unknown as PanelStore["call"],
      announce: (text) => {
        said.push(text);
      },
    },
    () => now,
  );
  return {
    of: (...sessions: AnySession[]) => made.of(sessions),
    asked,
    said,
    later(milliseconds: number) {
      now += milliseconds;
    },
  };
}

const SCHEMA: Schema = { tables: [{ name: "note", fields: ["text"] }] };

describe("names for completion", () => {
  it("are asked once in half a minute, for each session and place", async () => {
    const scene = names({ admin: SCHEMA });
    expect(scene.of(admin).known()).toBeUndefined();
    await Promise.all([scene.of(admin).load(false), scene.of(admin).load(false)]);
    expect(scene.of(admin).known()).toEqual(SCHEMA);
    scene.later(29_000);
    await scene.of(admin).load(false);
    expect(scene.asked).toEqual(["admin"]);
    await scene.of({ ...admin, database: "elsewhere" }).load(false);
    scene.later(2_000);
    await scene.of(admin).load(false);
    expect(scene.asked).toEqual(["admin", "admin", "admin"]);
  });

  it("of who may not look are not claimed, and that is said once", async () => {
    const scene = names({ admin: SCHEMA });
    await scene.of(bob).load(false);
    scene.later(60_000);
    await scene.of(bob).load(false);
    expect(scene.of(bob).known()?.tables).toBeUndefined();
    expect(scene.said).toEqual(["Bob may not read the schema: completion knows keywords only."]);
    // Beside one who may, that one's are offered.
    await scene.of(bob, admin).load(false);
    expect(scene.of(bob, admin).known()).toEqual(SCHEMA);
    expect(scene.said).toHaveLength(1);
  });

  it("are asked in a page's session only when a person presses the key", async () => {
    const ofPage = examplePageSession({ label: "Alice" });
    const scene = names({ [ofPage.key]: SCHEMA });
    await scene.of(ofPage).load(false);
    expect(scene.asked).toEqual([]);
    expect(scene.said).toEqual(["Ctrl+Space asks the page's session which tables there are."]);
    await scene.of(ofPage).load(true);
    expect(scene.of(ofPage).known()).toEqual(SCHEMA);
    scene.later(60_000);
    await scene.of(ofPage).load(false);
    expect(scene.asked).toHaveLength(1);
  });

  it("that can't be had hold nothing up", async () => {
    const scene = names({ bob: new Error("The socket is gone.") });
    await scene.of(bob).load(false);
    expect(scene.of(bob).known()).toBeUndefined();
    expect(scene.said[0]).toMatch(/^The schema can't be read as Bob: The socket is gone\./);
  });
});
