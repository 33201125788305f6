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

interface Message {
  id?: number;
  result?: unknown;
  error?: { message: string };
  method?: string;
  params?: unknown;
}

export interface DebuggedTarget {
  /** @throws Error with the protocol's words */
  send<T = unknown>(method: string, params?: Record<string, unknown>): Promise<T>;
  /** Hears the events of this name; one listener each. */
  on<T>(event: string, listener: (params: T) => void): void;
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
  const { origin } = await debuggedAt(profileDir);
  const listed = await fetch(`http://${origin}/json/list`);
  const targets = (await listed.json()) as Listed[];
  const target = targets.find(match);
  if (!target) throw new Error(`No such target: ${targets.map(({ url }) => url).join(", ")}`);
  return connect(target.webSocketDebuggerUrl);
}

/** Attaches to the browser itself: only it can trace all of its processes. */
export async function attachToBrowser(profileDir: string): Promise<DebuggedTarget> {
  const { origin, path } = await debuggedAt(profileDir);
  return connect(`ws://${origin}${path}`);
}

/** What Chromium writes down when it listens: a port, and the path of its own target. */
async function debuggedAt(profileDir: string): Promise<{ origin: string; path: string }> {
  const lines = await readFile(join(profileDir, "DevToolsActivePort"), "utf8");
  const [port, path = ""] = lines.split("\n");
  return { origin: `127.0.0.1:${port}`, path };
}

async function connect(url: string): Promise<DebuggedTarget> {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  const waiting = new Map<number, (answer: Message) => void>();
  const listeners = new Map<string, (params: never) => void>();
  socket.on("message", (data) => {
    const message = JSON.parse(String(data)) as Message;
    if (message.id !== undefined) waiting.get(message.id)?.(message);
    else listeners.get(message.method ?? "")?.(message.params as never);
  });
  let lastId = 0;
  return {
    send: async <T>(method: string, params = {}) => {
      const id = ++lastId;
      const answered = new Promise<Message>((resolve) => waiting.set(id, resolve));
      socket.send(JSON.stringify({ id, method, params }));
      const { result, error } = await answered;
      waiting.delete(id);
      if (error) throw new Error(`${method}: ${error.message}`);
      return result as T;
    },
    on: (event, listener) => listeners.set(event, listener),
    close: () => socket.close(),
  };
}

/** Bytes in use, after garbage is collected. */
export interface Memory {
  /** Of the JavaScript heap. */
  heap: number;
  /** Of what buffers hold, which lies beside the heap. */
  buffers: number;
}

export async function memoryOf(target: DebuggedTarget): Promise<Memory> {
  await target.send("HeapProfiler.collectGarbage");
  const { usedSize, backingStorageSize } = await target.send<{
    usedSize: number;
    backingStorageSize: number;
  }>("Runtime.getHeapUsage");
  return { heap: usedSize, buffers: backingStorageSize };
}

/** Bytes in use in the target's JavaScript heap, after its garbage is collected. */
export async function heapOf(target: DebuggedTarget): Promise<number> {
  return (await memoryOf(target)).heap;
}
