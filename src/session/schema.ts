/**
 * What a session may know of its database's schema: tables and their fields, functions, parameters.
 *
 * `INFO FOR DB` and `INFO FOR TABLE` say it to users of the system; a record user is refused, and then
 * nothing is claimed. Both answer whole definitions, password hashes among them: only names leave here.
 */
import { type Asker, askEach, keysOf } from "./names.ts";
import { identifier } from "./surql.ts";

export interface Schema {
  /** Absent: the server doesn't let this session look. */
  tables?: SchemaTable[];
  /** Without `fn::`. */
  functions?: string[];
  /** Without `$`. */
  params?: string[];
}

export interface SchemaTable {
  name: string;
  /** As the server names them: `address.city`. Absent: it didn't say. */
  fields?: string[];
}

/** Tables whose fields are asked for; those beyond are known by name. */
const TABLES_WITH_FIELDS = 500;

/** Asks the server twice, however many tables there are. */
export async function schemaFor({ requests }: Asker): Promise<Schema> {
  const [info] = await askEach(requests, "INFO FOR DB");
  const names = keysOf(info, "tables");
  if (!names) return {};
  const asked = names.slice(0, TABLES_WITH_FIELDS);
  const text = asked.map((name) => `INFO FOR TABLE ${identifier(name)}`).join("; ");
  const tables = asked.length > 0 ? await askEach(requests, text) : [];
  return {
    tables: names.map((name, index) => {
      // Engine 3.0.2 fails over a field whose name has a blank, and says nothing of its table then.
      const fields = keysOf(tables[index], "fields");
      return { name, ...(fields && { fields }) };
    }),
    functions: keysOf(info, "functions"),
    params: keysOf(info, "params"),
  };
}
