/** Before a dry run: what would reach out of the database is told by whoever may look. */
import { expect, it } from "vitest";
import { CommandError } from "../../../../src/messages/view-client.ts";
import { createSchemaGuard } from "../../../../src/ui/query/schema-guard.ts";
import type { PanelStore } from "../../../../src/ui/store/store.ts";
import { encodeValue } from "../../../../src/wire/values.ts";
import { exampleSession } from "../../../support/ui/examples.ts";

const bob = exampleSession({ key: "bob" });
const admin = exampleSession({ key: "admin" });

/** A server where only the admin may look. */
function server(event: string) {
  const asked: string[] = [];
  const schema = [
    { tables: { note: "DEFINE TABLE note" } },
    [["note", { events: { e: `DEFINE EVENT e ON note THEN { ${event} }` } }]],
  ];
  const call = (async (_command: string, { key }: { key: string }) => {
    asked.push(key);
    if (key !== "admin") throw new CommandError({ name: "ServerError", message: "no" });
    return { result: encodeValue([{ status: "OK", result: schema }]) };
  }) as unknown as PanelStore["call"];
  return { asked, call };
}

it("refuses what an event would post, and reads each schema once", async () => {
  const { asked, call } = server("http::post('https://example.com')");
  const guard = createSchemaGuard(call, () => [bob, admin]);
  await expect(guard(bob, "CREATE note")).rejects.toThrow(/event e on note.*http::post/);
  await expect(guard(admin, "CREATE note")).rejects.toThrow(CommandError);
  expect(asked).toEqual(["bob", "admin"]);
});

it("lets pass what stays in the database, and warns where nobody may look", async () => {
  const { call } = server("CREATE audit");
  expect(await createSchemaGuard(call, () => [admin])(bob, "CREATE note")).toBeUndefined();
  const blind = createSchemaGuard(call, () => [bob]);
  expect(await blind(bob, "CREATE note")).toContain("Nobody here may read the schema");
});
