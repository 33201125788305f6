/**
 * A soak: random operations on a page that is routed here and there, while sockets break, the worker
 * dies, the server restarts and the page is loaded anew. The same seed gives the same operations.
 *
 * The one idea: whatever happens, each request is somebody's. What was routed when it was asked says
 * whose; the server says as whom it ran, and how often.
 */
import type { ExtensionBrowser } from "../../demo/browser/extension-browser.ts";
import { until } from "../../demo/browser/wait.ts";
import { type Begun, Ledger, OWN, type Runner, Violation } from "./ledger.ts";
import { Random } from "./random.ts";
import { ASKERS, type Asked, type Asker } from "./soak-page.ts";
import { HELD, type HeldName, WHO, World } from "./world.ts";

export interface SoakOptions {
  launch(): Promise<ExtensionBrowser>;
  seed: number;
  operations: number;
  /** Called now and then with one line. */
  tell?(line: string): void;
}

/** How often each operation comes. */
const WEIGHTS = {
  query: 44,
  create: 14,
  live: 6,
  kill: 5,
  begin: 4,
  within: 8,
  finish: 4,
  route: 9,
  clear: 3,
  killWorker: 1.2,
  cutHeld: 1.5,
  cutPage: 1.2,
  restart: 0.4,
  reload: 1,
} as const;
type Operation = keyof typeof WEIGHTS;

/** Requests that wait at most, and for how long everything that waits may take, in milliseconds. */
const MOST_WAITING = 200;
const PATIENCE = 30_000;
const REMEMBERED = 25;

export interface SoakResult {
  answered: number;
  refused: number;
  failed: number;
  lost: number;
  kinds: Record<string, number>;
}

/** @throws Violation with the seed, the operation's number and what was done last */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  const run = new Soak(options);
  try {
    return await run.run();
  } catch (error) {
    const last = run.history.map((line) => `  ${line}`).join("\n");
    throw new Violation(`seed ${options.seed}: ${run.violation ?? error}\n${last}`, {
      cause: error,
    });
  } finally {
    await run.close();
  }
}

class Soak {
  readonly history: string[] = [];
  /** Found where nobody could catch it. */
  violation: Error | undefined;
  readonly #options: SoakOptions;
  readonly #random: Random;
  #world: World | undefined;
  #ledger!: Ledger;
  #operation = 0;
  readonly #askers = new Map<Asker, Runner>();

  constructor(options: SoakOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
  }

  get #w(): World {
    if (!this.#world) throw new Error("no world");
    return this.#world;
  }

  async run(): Promise<SoakResult> {
    this.#world = await World.open({
      launch: this.#options.launch,
      arrived: (text, held) => this.#arrived(text, held),
    });
    const identities = new Map<string, string>([
      [`${OWN} first`, "operator app/tenant_a"],
      [`${OWN} second`, "editor app/tenant_a"],
      [`${OWN} bare`, "user:bob app/tenant_a"],
    ]);
    for (const name of HELD) identities.set(name, await this.#w.identityOf(name));
    this.#ledger = new Ledger(identities);
    this.#stand(() => OWN);
    const { operations, tell } = this.#options;
    for (this.#operation = 1; this.#operation <= operations; this.#operation++) {
      await this.#one(this.#random.weighted(WEIGHTS));
      if (this.violation) throw this.violation;
      if (this.#operation % 250 === 0) {
        const { answered, refused, failed } = this.#ledger.counts;
        tell?.(
          `${this.#operation} operations: ${answered} answered, ${refused} refused, ${failed} failed`,
        );
      }
    }
    await this.#end();
    return { ...this.#ledger.counts, kinds: this.#ledger.kinds };
  }

  async close(): Promise<void> {
    await this.#world?.close();
  }

  #note(what: string): void {
    this.history.push(`${this.#operation} ${what}`);
    if (this.history.length > REMEMBERED) this.history.shift();
  }

  #arrived(text: string, held: HeldName | undefined): void {
    const mark = /\bm(\d+)x\b/.exec(text)?.[1];
    if (mark === undefined) return;
    try {
      this.#ledger.arrived(Number(mark), held ?? OWN);
    } catch (error) {
      this.violation ??= error as Error;
    }
  }

  // ── One operation ───────────────────────────────────────────────────────────────────────────

  /** Every operation draws as many numbers as any: what one does changes nothing of the next. */
  async #one(operation: Operation): Promise<void> {
    const asker = ASKERS[this.#random.below(3)] as Asker;
    const [which, count, wait] = [this.#random.next(), this.#random.next(), this.#random.next()];
    await this.#do(operation, asker, which, count);
    const { waiting } = this.#ledger;
    const disturbs = !(operation in CALM);
    if (waiting > MOST_WAITING || wait < (disturbs ? 0.5 : 0.2)) await this.#settle();
    else await this.#take();
  }

  async #do(operation: Operation, asker: Asker, which: number, count: number): Promise<void> {
    const { transactions, live } = this.#ledger;
    switch (operation) {
      case "query":
        return this.#ask(asker, 1 + Math.floor(count * 8), who);
      case "create":
        return this.#ask(asker, 1 + Math.floor(count * 3), (mark) =>
          query(`CREATE soak SET marker = "${mark}", ${WHO.replaceAll(": ", " = ")}`),
        );
      case "live":
        return this.#ask(asker, 1, (mark) => query(`LIVE SELECT * FROM soak /* ${mark} */`));
      case "kill": {
        const begun = pick([...live.values()], which);
        if (!begun) return;
        live.delete(begun.id);
        return this.#ask(
          begun.asker,
          1,
          (mark) => query(`KILL u"${begun.id}" /* ${mark} */`),
          begun,
        );
      }
      case "begin":
        return this.#ask("bare", 1, () => ({ kind: "begin" }));
      case "within": {
        const begun = pick([...transactions.values()], which);
        if (!begun) return;
        const text = (mark: string) => `CREATE soak SET marker = "${mark}"`;
        return this.#ask("bare", 1, (mark) => ({ ...query(text(mark)), txn: begun.id }), begun);
      }
      case "finish": {
        const begun = pick([...transactions.values()], which);
        if (!begun) return;
        transactions.delete(begun.id);
        const kind = count < 0.5 ? "commit" : "cancel";
        return this.#ask("bare", 1, () => ({ kind, txn: begun.id }), begun);
      }
      case "route":
        return this.#route(HELD[Math.floor(which * HELD.length)] as HeldName, asker, count);
      case "clear":
        this.#note("the page's own session");
        await this.#switch(
          asker,
          () => this.#w.clearRoute("finish"),
          () => OWN,
        );
        return;
      default:
        await this.#disturb(operation, asker, count);
    }
  }

  async #ask(
    asker: Asker,
    count: number,
    asked: (mark: string) => Asked,
    begun?: Begun,
  ): Promise<void> {
    if (asker === "bare") await this.#mendBare();
    const requests = Array.from({ length: count }, () =>
      this.#ledger.ask(asker, asked, this.#operation, begun),
    );
    const [first] = requests;
    const what = first?.asked.kind === "query" ? first.asked.text : JSON.stringify(first?.asked);
    this.#note(`${asker} asks ${count} × ${what}`);
    const connects = await this.#w.ask(asker, requests);
    this.#ledger.asked(
      requests.map(({ number }) => number),
      asker,
      connects,
    );
  }

  async #mendBare(): Promise<void> {
    const mend = async () => {
      try {
        if (await this.#w.mendBare()) this.#forgetBare();
        return true;
      } catch {
        // The server may be away for a moment.
        return undefined;
      }
    };
    await until(mend, PATIENCE, () => "The bare client can't connect again.");
  }

  /** Transactions and live queries end with their socket. */
  #forgetBare(): void {
    const { transactions, live } = this.#ledger;
    transactions.clear();
    for (const { id, asker } of [...live.values()]) if (asker === "bare") live.delete(id);
  }

  // ── Switches ────────────────────────────────────────────────────────────────────────────────

  async #route(to: HeldName, asker: Asker, drawn: number): Promise<void> {
    const kind = drawn < 0.45 ? "default" : drawn < 0.75 ? "page" : "session";
    this.#note(`runs as ${to}: ${kind}${kind === "session" ? ` ${asker}` : ""}`);
    const isRouted: Record<typeof kind, (each: Asker) => boolean> = {
      default: (each) => each !== "second",
      page: () => true,
      session: (each) => each === asker,
    };
    await this.#switch(
      asker,
      () => this.#w.route(to, asker, kind),
      (each) => (isRouted[kind](each) ? to : OWN),
    );
  }

  /** While it takes place a request may run as before or as afterwards; then only as afterwards. */
  async #switch(
    asks: Asker,
    work: () => Promise<unknown>,
    runs: (asker: Asker) => Runner,
  ): Promise<void> {
    for (const asker of ASKERS) {
      const before = this.#askers.get(asker) as Runner;
      this.#ledger.stands(asker, new Set([before, runs(asker)]));
    }
    await Promise.all([work(), this.#burst(asks, 0.5)]);
    await until(
      async () => {
        const state = await this.#w.routeState();
        return state === undefined || state === "on" ? true : undefined;
      },
      PATIENCE,
      async () => `The switch isn't confirmed: ${await this.#w.routeState()}`,
    );
    this.#stand(runs);
  }

  #stand(runs: (asker: Asker) => Runner): void {
    for (const asker of ASKERS) {
      this.#askers.set(asker, runs(asker));
      this.#ledger.stands(asker, new Set([runs(asker)]));
    }
  }

  // ── Disturbances ────────────────────────────────────────────────────────────────────────────

  /** Requests are on the way when it happens, and the next ones come right behind it. */
  async #disturb(operation: Operation, asker: Asker, count: number): Promise<void> {
    await this.#burst(asker, count);
    this.#note(operation);
    if (operation === "reload") return this.#reload();
    if (operation === "cutPage" || operation === "restart") this.#ledger.broke();
    if (operation === "cutPage") this.#w.cutPage();
    if (operation === "cutHeld") this.#w.cutHeld();
    if (operation === "restart") await this.#w.restartServer();
    if (operation === "killWorker") await this.#w.killWorker();
    await this.#burst(asker, count);
    if (operation === "killWorker") await this.#w.lookAgain();
  }

  #burst(asker: Asker, count: number): Promise<void> {
    return this.#ask(asker, 1 + Math.floor(count * 6), who);
  }

  async #reload(): Promise<void> {
    this.#ledger.reloaded();
    await this.#w.reload();
  }

  async #take(): Promise<number> {
    const { settled, waiting, notified, gaveUp } = await this.#w.take();
    for (const each of settled) this.#ledger.settled(each);
    for (const id of notified) this.#ledger.notified(id);
    if (!gaveUp) return waiting;
    this.#note("the SDK gave up: reload");
    await this.#reload();
    return 0;
  }

  /** Every request ends, one way or the other. */
  async #settle(): Promise<void> {
    await until(
      async () => ((await this.#take()) === 0 ? true : undefined),
      PATIENCE,
      async () =>
        `${this.#ledger.waiting} requests were never answered:\n${this.#ledger.describeWaiting()}\n${await this.#w.state()}`,
    );
  }

  // ── The end ─────────────────────────────────────────────────────────────────────────────────

  async #end(): Promise<void> {
    await this.#settle();
    if (this.violation) throw this.violation;
    for (const [marker, times] of await this.#w.created()) {
      if (times > 1 && !this.#ledger.cameTwice(marker)) {
        throw new Violation(`${marker} is in the database ${times} times, and came to it once.`);
      }
    }
    await this.#w.closePage();
    const wanted = JSON.stringify({ sockets: 1, sessions: HELD.length, live: 0, transactions: 0 });
    await until(
      async () => (JSON.stringify(this.#w.leftovers()) === wanted ? true : undefined),
      PATIENCE,
      () => `Left over at the server: ${JSON.stringify(this.#w.leftovers())}`,
    );
    const errors = (await this.#w.errors()).filter((each) => !OF_BROKEN_SOCKETS.test(each));
    if (errors.length > 0) throw new Violation(`Errors in the extension: ${errors.join("\n")}`);
  }
}

/** The browser's own words about sockets that break, as they shall here. */
const OF_BROKEN_SOCKETS =
  /already in CLOSING or CLOSED state|connection to ws:\S+ was interrupted|establish a connection to the server at ws:|WebSocket connection to/;

/** Operations after which nothing is broken. */
const CALM: Partial<Record<Operation, true>> = {
  query: true,
  create: true,
  live: true,
  kill: true,
  begin: true,
  within: true,
  finish: true,
};

const who = (mark: string) => query(`RETURN { marker: "${mark}", ${WHO} }`);

function query(text: string): { kind: "query"; text: string } {
  return { kind: "query", text };
}

function pick<T>(from: readonly T[], drawn: number): T | undefined {
  return from[Math.floor(drawn * from.length)];
}
