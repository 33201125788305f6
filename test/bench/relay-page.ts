/** What the page of the relay's benchmark runs: sent to it as text, so each stands for itself. */

interface Client {
  query(text: string): PromiseLike<unknown[]>;
}

interface PageGlobals {
  clients: (Client & { socket: WebSocket })[];
  isWatching?: boolean;
  isFlooding?: boolean;
}

/** Milliseconds of single queries, one after the other. */
export async function roundTrips(client: number, count: number, text: string): Promise<number[]> {
  const { clients } = window as unknown as PageGlobals;
  const times: number[] = [];
  for (let n = 0; n < count; n++) {
    const begun = performance.now();
    await clients[client]?.query(text);
    times.push(performance.now() - begun);
  }
  return times;
}

/** @returns the milliseconds that `total` queries take, of which `wide` are under way at any time */
export async function requestsInFlight(
  client: number,
  total: number,
  wide: number,
): Promise<number> {
  const { clients } = window as unknown as PageGlobals;
  let left = total;
  const begun = performance.now();
  const line = async () => {
    while (left-- > 0) await clients[client]?.query("RETURN 1");
  };
  await Promise.all(Array.from({ length: wide }, line));
  return performance.now() - begun;
}

/** Asks who it is, again and again. @returns when it was this user first, in Unix milliseconds */
export async function watchForUser(user: string): Promise<number> {
  const page = window as unknown as PageGlobals;
  for (;;) {
    const [said] = (await page.clients[0]?.query("RETURN <string> $token.ID")) ?? [];
    const at = Date.now();
    page.isWatching = said !== user;
    if (said === user) return at;
  }
}

/** Sends so many queries a second, whatever comes of them. */
export async function floodFromPage(
  perSecond: number,
  milliseconds: number,
): Promise<{ sent: number; answered: number }> {
  const page = window as unknown as PageGlobals;
  const client = page.clients[0] as unknown as {
    rpc(method: string, params: unknown[]): Promise<unknown>;
  };
  const { port1, port2 } = new MessageChannel();
  const begun = performance.now();
  let sent = 0;
  let answered = 0;
  let refused = 0;
  const pump = () => {
    const due = Math.min(performance.now() - begun, milliseconds) * (perSecond / 1000);
    while (sent < due) {
      sent += 1;
      client.rpc("query", ["RETURN 1"]).then(
        () => answered++,
        () => refused++,
      );
    }
  };
  page.isFlooding = true;
  await new Promise<void>((resolve) => {
    // A timer would be too coarse.
    port1.onmessage = () => {
      pump();
      if (performance.now() - begun >= milliseconds) resolve();
      else port2.postMessage(0);
    };
    port2.postMessage(0);
  });
  page.isFlooding = false;
  while (answered + refused < sent) await new Promise((resolve) => setTimeout(resolve, 20));
  return { sent, answered };
}
