/**
 * The page's half of a soak: it asks what it is told to ask and notes what it was answered. It is an
 * application like any other, on the official SDK and on a bare socket, and knows nothing of routes.
 */

/** Which of the page's sessions asks. */
export type Asker = "first" | "second" | "bare";
export const ASKERS: readonly Asker[] = ["first", "second", "bare"];

export type Asked =
  | { kind: "query"; text: string; txn?: string }
  | { kind: "begin" }
  | { kind: "commit" | "cancel"; txn: string };

/** What came of a request. `value` is JSON. */
export interface Settled {
  number: number;
  asker: Asker;
  /** How often the SDK had connected by then. */
  connects: number;
  value?: unknown;
  error?: { name: string; message: string; code?: number; kind?: string; details?: string };
}

export interface Taken {
  settled: Settled[];
  /** Requests that still wait. */
  waiting: number;
  /** Live ids of the notifications that the bare client got. */
  notified: string[];
  /** The SDK couldn't restore its sessions: it ends, and never says a word about what waits. */
  gaveUp: boolean;
}

export interface SoakPage {
  ask(number: number, asker: Asker, asked: Asked): void;
  /** How often the SDK has connected; undefined while it isn't. */
  connects(): number | undefined;
  /** What was settled since this was called last. */
  take(): Taken;
  /** For whoever wonders why nothing is answered. */
  state(): string;
  bareIsOpen(): boolean;
  /** The bare client has no SDK that would connect it again. */
  openBare(): Promise<void>;
}

export interface SoakWanted {
  /** Of the bare client: the same server by another name, so that no reconnect is taken for the other's. */
  bareUrl: string;
  signIns: Record<
    "second" | "bare",
    { auth: unknown; place: { namespace: string; database: string } }
  >;
}

/** Runs in the page, once after each load. Its default session is the operator's, the second the editor's. */
export async function installSoak(wanted: SoakWanted): Promise<void> {
  interface Sdk {
    query(text: string): PromiseLike<unknown[]>;
    newSession(): Promise<Sdk>;
    signin(auth: unknown): Promise<unknown>;
    use(place: unknown): Promise<unknown>;
    subscribe(event: "connected", listener: () => void): void;
    readonly status: string;
  }
  interface Bare {
    socket: WebSocket;
    signin(auth: unknown): Promise<unknown>;
    use(place: unknown): Promise<unknown>;
    rpc(method: string, params: unknown[], more?: object): Promise<unknown>;
    notifications: { id?: unknown }[];
  }
  const page = window as unknown as {
    clients: [Sdk];
    RawClient: { open(url: string, format: string): Promise<Bare> };
    sdk: { Uuid: new (text: string) => unknown };
    soak: SoakPage;
  };
  const first = page.clients[0];
  const second = await first.newSession();
  await second.signin(wanted.signIns.second.auth);
  await second.use(wanted.signIns.second.place);
  const openBare = async () => {
    const client = await page.RawClient.open(wanted.bareUrl, "cbor");
    await client.signin(wanted.signIns.bare.auth);
    await client.use(wanted.signIns.bare.place);
    return client;
  };
  let bare = await openBare();
  let settled: Settled[] = [];
  let waiting = 0;
  let connects = 1;
  first.subscribe("connected", () => {
    connects += 1;
  });

  const plain = (value: unknown) => JSON.parse(JSON.stringify(value ?? null));
  /** One statement's result; its error is thrown. */
  const only = (results: unknown): unknown => {
    const [statement] = results as { status?: string; result?: unknown; kind?: string }[];
    if (statement?.status === undefined) return statement;
    if (statement.status === "OK") return statement.result;
    throw Object.assign(new Error(String(statement.result)), { kind: statement.kind });
  };
  const uuid = (id: string) => new page.sdk.Uuid(id);
  const run = async (asker: Asker, asked: Asked): Promise<unknown> => {
    if (asker !== "bare") {
      if (asked.kind !== "query") throw new Error("Only the bare client has transactions.");
      return only(await (asker === "first" ? first : second).query(asked.text));
    }
    if (bare.socket.readyState !== WebSocket.OPEN) throw new Error("Closed before it was sent");
    if (asked.kind === "begin") return bare.rpc("begin", []);
    if (asked.kind !== "query") return bare.rpc(asked.kind, [uuid(asked.txn)]);
    const more = asked.txn === undefined ? {} : { txn: uuid(asked.txn) };
    return only(await bare.rpc("query", [asked.text], more));
  };
  page.soak = {
    ask(number, asker, asked) {
      waiting += 1;
      run(asker, asked)
        .then(
          (value) => settled.push({ number, asker, connects, value: plain(value) }),
          (error: Record<string, unknown> & Error) =>
            settled.push({
              number,
              asker,
              connects,
              error: plain({
                name: error.name,
                message: error.message,
                code: error.code,
                kind: error.kind,
                details: (error.details as { kind?: string } | undefined)?.kind,
              }),
            }),
        )
        .finally(() => {
          waiting -= 1;
        });
    },
    connects: () => (first.status === "connected" ? connects : undefined),
    take() {
      const taken = settled;
      settled = [];
      const notified = bare.notifications.splice(0).map(({ id }) => String(id));
      return { settled: taken, waiting, notified, gaveUp: first.status === "disconnected" };
    },
    state: () => `SDK ${first.status}, ${connects} connects; bare ${bare.socket.readyState}`,
    bareIsOpen: () => bare.socket.readyState === WebSocket.OPEN,
    async openBare() {
      bare = await openBare();
    },
  };
}
