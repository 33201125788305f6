/**
 * A TCP proxy that makes a server on this machine seem far away: every byte, in both directions,
 * arrives a fixed time later, in order. The only thing that it doesn't delay is the TCP handshake.
 */
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface DelayProxy {
  /** On 127.0.0.1. */
  port: number;
  /** Milliseconds added each way, from the next bytes on. */
  delay: number;
  /** Cuts all sockets without a word, as a network would. New ones are accepted at once. */
  cut(): void;
  /** Cuts all sockets and stops listening. */
  close(): Promise<void>;
}

/** Starts a proxy in front of a port of 127.0.0.1. @param delay milliseconds added each way */
export async function startDelayProxy(targetPort: number, delay: number): Promise<DelayProxy> {
  const sockets = new Set<Socket>();
  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.setNoDelay();
    socket.on("close", () => sockets.delete(socket));
    // A lost socket is what cutting is for; "close" follows and ends the other side.
    socket.on("error", () => socket.destroy());
  };
  const server = createServer((near) => {
    const far = connect(targetPort, "127.0.0.1");
    for (const socket of [near, far]) track(socket);
    forward(near, far, () => proxy.delay);
    forward(far, near, () => proxy.delay);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const proxy: DelayProxy = {
    port: (server.address() as AddressInfo).port,
    delay,
    cut,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
  return proxy;
}

/** Passes bytes on `delay` ms after they came. One queue and one timer, so that order is certain. */
function forward(from: Socket, to: Socket, delay: () => number): void {
  const queue: { due: number; bytes: Buffer }[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const pass = () => {
    timer = undefined;
    const now = performance.now();
    // Half a millisecond: timers are whole milliseconds, and would else add one more.
    while (queue[0] && queue[0].due <= now + 0.5) to.write(queue.shift()?.bytes ?? "");
    if (queue[0]) timer = setTimeout(pass, Math.max(1, queue[0].due - now));
  };
  from.on("data", (bytes) => {
    queue.push({ due: performance.now() + delay(), bytes });
    timer ??= setTimeout(pass, delay());
  });
  from.on("close", () => {
    clearTimeout(timer);
    to.destroy();
  });
}
