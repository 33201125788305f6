/** The command behind `npm run server`: starts the server and says how to use it, until Ctrl-C. */
import { parseArgs } from "node:util";
import { DEMO_PEOPLE, NAMESPACE, TENANTS } from "./seed.ts";
import { type DemoServer, startServer } from "./server.ts";

const USAGE = `npm run server -- [--port 8000] [--path DIR] [--empty] [--guests]

  --port N     listen on 127.0.0.1:N; 8000 if not given
  --path DIR   keep the data in DIR; without it they are in memory and gone afterwards
  --empty      no demo data, only the root user
  --guests     let anonymous sessions query, within the permissions of tables`;

interface Arguments {
  port: number;
  path?: string;
  empty: boolean;
  guests: boolean;
}

function readArguments(): Arguments {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "8000" },
      path: { type: "string" },
      empty: { type: "boolean", default: false },
      guests: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new Error(`--port ${values.port} is not a port number.`);
  }
  const { path, empty, guests } = values;
  return { port, empty, guests, ...(path === undefined ? {} : { path }) };
}

function explain(error: unknown, port: number | undefined): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE") {
    return `Port ${port} is taken, perhaps by another SurrealDB. Choose another: --port ${(port ?? 0) + 1}`;
  }
  if (code === "EACCES") return `Port ${port} may not be used by you. Choose one from 1024 on.`;
  return message;
}

function introduction(server: DemoServer, { path, empty, guests }: Arguments): string {
  const lines = [
    `SurrealDB for development at ${server.url}`,
    "Not production software: it listens on this computer only and its passwords are known.",
    "",
    `Data: ${path === undefined ? "in memory, gone when this ends" : path}`,
    `Anonymous sessions: ${guests ? "may query, within the permissions of tables" : "may not query"}`,
    "",
    "Sign in:",
    "  root  root / root",
  ];
  if (!empty) {
    const { alice, bob, operator, editor, viewer } = DEMO_PEOPLE;
    lines.push(
      `  namespace ${NAMESPACE}  ${operator.name} / ${operator.password}`,
      `  database ${NAMESPACE}/${TENANTS.join(`, ${NAMESPACE}/`)}`,
      ...[editor, viewer].map(({ name, password }) => `    ${name} / ${password}`),
      ...[alice, bob].map(
        ({ name, password, access }) => `    ${name} / ${password}  (record access "${access}")`,
      ),
    );
  }
  return [...lines, "", "Ctrl-C ends it."].join("\n");
}

let port: number | undefined;
try {
  const options = readArguments();
  port = options.port;
  const server = await startServer(options);
  console.log(introduction(server, options));
  const end = async () => {
    await server.close();
    // The engine keeps the process alive once an index was defined, closed or not.
    process.exit(0);
  };
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
} catch (error) {
  console.error(explain(error, port));
  process.exit(1);
}
