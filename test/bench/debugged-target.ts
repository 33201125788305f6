/**
 * One target of Chromium (a tab, a worker) over its own DevTools Protocol socket, for what no page can
 * be asked: a script that runs before the page's own, and the size of a heap.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { WebSocket } from "ws";

interface Listed {
  type: string;
  url: string;
  webSocketDebuggerUrl: string;
}

interface Answer {
  id?: number;
  result?: unknown;
  error?: { message: string };
}

export interface DebuggedTarget {
  /** @throws Error with the protocol's words */
  send<T = unknown>(method: string, params?: Record<string, unknown>): Promise<T>;
  close(): void;
}

/**
 * Attaches to the one target that `match` picks.
 * @param profileDir of a Chromium that was started with `--remote-debugging-port=0`
 * @throws Error where there is none
 */
export async function attachTo(
  profileDir: string,
  match: (target: { type: string; url: string }) => boolean,
): Promise<DebuggedTarget> {
  const [port] = (await readFile(join(profileDir, "DevToolsActivePort"), "utf8")).split("\n");
  const listed = await fetch(`http://127.0.0.1:${port}/json/list`);
  const targets = (await listed.json()) as Listed[];
  const target = targets.find(match);
  if (!target) throw new Error(`No such target: ${targets.map(({ url }) => url).join(", ")}`);
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  const waiting = new Map<number, (answer: Answer) => void>();
  socket.on("message", (data) => {
    const answer = JSON.parse(String(data)) as Answer;
    if (answer.id !== undefined) waiting.get(answer.id)?.(answer);
  });
  let lastId = 0;
  return {
    send: async <T>(method: string, params = {}) => {
      const id = ++lastId;
      const answered = new Promise<Answer>((resolve) => waiting.set(id, resolve));
      socket.send(JSON.stringify({ id, method, params }));
      const { result, error } = await answered;
      waiting.delete(id);
      if (error) throw new Error(`${method}: ${error.message}`);
      return result as T;
    },
    close: () => socket.close(),
  };
}

/** Bytes in use in the target's JavaScript heap, after its garbage is collected. */
export async function heapOf(target: DebuggedTarget): Promise<number> {
  await target.send("HeapProfiler.collectGarbage");
  return (await target.send<{ usedSize: number }>("Runtime.getHeapUsage")).usedSize;
}
