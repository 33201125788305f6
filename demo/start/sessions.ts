/** The four sessions with which the demo's profile opens, and the check that they are who they say. */
import type { SessionView, SignIn } from "../../src/session/model.ts";
import { decodeValue } from "../../src/wire/values.ts";
import { DEMO_PEOPLE, type DemoPerson } from "../server/seed.ts";
import type { WorkerLink } from "./worker-link.ts";

interface DemoSession {
  label: string;
  colour: string;
  person?: DemoPerson;
}

export const DEMO_SESSIONS: readonly DemoSession[] = [
  { label: "Alice", colour: "#3b82f6", person: DEMO_PEOPLE.alice },
  { label: "Bob", colour: "#e8590c", person: DEMO_PEOPLE.bob },
  { label: "Admin", colour: "#e03131", person: DEMO_PEOPLE.admin },
  { label: "Anonymous", colour: "#868e96" },
];

/** Makes the connection *Demo* and its four sessions. */
export async function makeDemoSessions(link: WorkerLink, url: string): Promise<void> {
  const { id } = await link.call("connection.add", { name: "Demo", url });
  for (const { label, colour, person } of DEMO_SESSIONS) {
    await link.call("session.new", {
      connectionId: id,
      label,
      colour,
      namespace: person?.namespace,
      database: person?.database,
      signIn: person && signInOf(person),
    });
  }
}

function signInOf({ level, name, password, namespace, database, access }: DemoPerson): SignIn {
  if (level === "root") return { way: "root", username: name, password };
  if (level !== "record" || !access) throw new Error(`${name} is no person of the four`);
  return { way: "record", namespace, database, access, variables: { name, password } };
}

/** What one session shows, and what the server says of it. */
export interface SessionReport {
  label: string;
  user: string;
  place: string;
  status: string;
  /** The server's own word: `$auth`, or the token's `ID`, or its refusal as anonymous. */
  server: string;
  agrees: boolean;
}

/** Asks the server itself, in each of the sessions. */
export async function reportSessions(link: WorkerLink): Promise<SessionReport[]> {
  const { sessions } = await link.snapshot();
  const reports: SessionReport[] = [];
  for (const session of sessions) reports.push(await report(link, session));
  return reports;
}

async function report(link: WorkerLink, session: SessionView): Promise<SessionReport> {
  const { label, auth, namespace, database, status } = session;
  const user = auth.user ?? "anonymous";
  const server = await askServer(link, session.key);
  const place = namespace ? `${namespace}/${database ?? "-"}` : "no namespace";
  return { label, user, place, status, server, agrees: server === user && status === "active" };
}

async function askServer(link: WorkerLink, key: string): Promise<string> {
  try {
    const text = "RETURN <string>($auth ?? $token.ID ?? 'anonymous')";
    const { result } = await link.call("session.query", { key, text });
    const [statement] = decodeValue(Uint8Array.from(result)) as { result: string }[];
    return statement?.result ?? "no answer";
  } catch (error) {
    // The server's own way of saying who asked.
    if (/anonymous access not allowed/i.test(String(error))) return "anonymous";
    throw error;
  }
}
