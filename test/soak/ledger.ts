/**
 * What was asked in a soak, as whom it had to run, how often it came to a server and on which session,
 * and what was answered: the bookkeeping that finds a violation.
 *
 * Each request carries a number of its own, which stands in its text. So a request is counted where it
 * arrives, by whoever stands before the server: that no one sends it twice, and none as somebody else,
 * isn't for the extension to say.
 */
import { RELAY_ERRORS } from "../../src/session/relay/relay-error.ts";
import type { Asked, Asker, Settled } from "./soak-page.ts";

/** As whom a request runs: a held session's label, or the page's own session. */
export type Runner = string;
export const OWN = "own";

export class Violation extends Error {
  override readonly name = "Violation";
}

/** One request, from when it was asked. */
interface Entry {
  number: number;
  asker: Asker;
  asked: Asked;
  operation: number;
  /** As whom it may run: by what was routed when it was asked. */
  strict: ReadonlySet<Runner>;
  /** The same, with what was routed since: where its socket broke, the SDK sends it later, or again. */
  wide: Set<Runner>;
  /** What it belongs to, whatever is routed since. */
  begun: Begun | undefined;
  /** How often the SDK had connected when it was asked; undefined: it wasn't connected, and sent it later. */
  connects: number | undefined;
  /** How often the page's sockets had broken when it was asked. */
  breaks: number;
  /** It was sent when it was asked, once: the SDK has connected no more than once since. */
  sentOnce: boolean;
  /** Where it came, in order. */
  arrivals: Runner[];
  settled: boolean;
}

/** A transaction or a live query that began. */
export interface Begun {
  id: string;
  asker: Asker;
  /** As whom it may run; one only, as soon as that is seen. */
  owner: ReadonlySet<Runner>;
  operation: number;
}

/** The mark that stands in the text of a request. */
export function markOf(number: number): string {
  return `m${number}x`;
}

function isLive(asked: Asked): boolean {
  return asked.kind === "query" && asked.text.startsWith("LIVE");
}

/**
 * Messages of errors that are no fault of the relay's, where sockets break or servers restart. A KILL that
 * the SDK sends again finds nothing to kill.
 */
const OF_BROKEN_SOCKETS =
  /^Closed (with|before)|connect|Cannot execute KILL|session not found|transaction not found|IAM error|authentication|Anonymous access/i;
/** What the engine says to requests that are refused for good reasons, at any time. */
const OF_SERVER = /transaction not found|conflict|can be retried|not found|cancelled/i;

export class Ledger {
  readonly #entries = new Map<number, Entry>();
  readonly #waiting = new Set<Entry>();
  readonly #standing = new Map<Asker, ReadonlySet<Runner>>();
  /** What the server says of whoever asks as this, in the page's own session by who asks. */
  readonly #identities: ReadonlyMap<string, string>;
  readonly transactions = new Map<string, Begun>();
  readonly live = new Map<string, Begun>();
  /** Live queries of the bare client in this document, ended ones too. */
  readonly #bareLive = new Set<string>();
  #last = 0;
  #breaks = 0;
  /** Settled with an answer, with an error of the extension's, with another error. */
  readonly counts = { answered: 0, refused: 0, failed: 0, lost: 0 };
  readonly kinds: Record<string, number> = {};

  /** @param identities by `label`, or `own first` and so on: `user:bob app/tenant_b` */
  constructor(identities: ReadonlyMap<string, string>) {
    this.#identities = identities;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** From here on requests of this asker run as one of these. */
  stands(asker: Asker, runners: ReadonlySet<Runner>): void {
    this.#standing.set(asker, runners);
    for (const entry of this.#waiting) {
      if (entry.asker === asker) for (const runner of runners) entry.wide.add(runner);
    }
  }

  /** The page's sockets broke, and with them ended what had begun there. */
  broke(): void {
    this.#breaks += 1;
    this.transactions.clear();
    this.live.clear();
  }

  /** The page is gone, and with it whoever waited: nobody sends that again. */
  reloaded(): void {
    this.broke();
    this.counts.lost += this.#waiting.size;
    this.#waiting.clear();
    this.#bareLive.clear();
  }

  /**
   * A request that is about to be asked.
   * @param begun the transaction or live query that it belongs to
   */
  ask(
    asker: Asker,
    asked: (mark: string) => Asked,
    operation: number,
    begun?: Begun,
  ): { number: number; asked: Asked } {
    const number = ++this.#last;
    const standing = this.#standing.get(asker) ?? new Set();
    const entry: Entry = {
      number,
      asker,
      asked: asked(markOf(number)),
      operation,
      strict: standing,
      wide: new Set(standing),
      begun,
      connects: undefined,
      breaks: this.#breaks,
      sentOnce: true,
      arrivals: [],
      settled: false,
    };
    this.#entries.set(number, entry);
    this.#waiting.add(entry);
    return { number, asked: entry.asked };
  }

  /** A request has come to a server, on this runner's session. */
  arrived(number: number, runner: Runner): void {
    const entry = this.#entries.get(number);
    if (!entry) throw new Violation(`${markOf(number)} came to the server and was never asked.`);
    if (isLive(entry.asked) && entry.settled && entry.arrivals.includes(runner)) {
      // It goes on: a session that is restored begins what was answered again.
      return;
    }
    entry.arrivals.push(runner);
    if (entry.settled || entry.asker === "bare") this.#checkArrivals(entry);
    if (entry.begun) entry.begun.owner = new Set([runner]);
  }

  #checkArrivals(entry: Entry): void {
    const { arrivals } = entry;
    const may = this.#allowed(entry);
    const wrong = arrivals.find((runner) => !may.has(runner));
    if (wrong !== undefined) {
      throw new Violation(
        `${this.#describe(entry)} came to the server as ${wrong}; ${[...may].join(" or ")} was chosen.`,
      );
    }
    if (arrivals.length > 1 && entry.sentOnce) {
      throw new Violation(`${this.#describe(entry)} came to the server more than once.`);
    }
  }

  /** The page has asked these. @param connects undefined where it isn't connected: they are sent later */
  asked(numbers: readonly number[], asker: Asker, connects: number | undefined): void {
    if (asker === "bare") return;
    for (const number of numbers) {
      const entry = this.#entries.get(number);
      if (!entry) continue;
      entry.connects = connects;
      entry.sentOnce = connects !== undefined;
    }
  }

  /** @param connects how often the SDK had connected when it was settled */
  settled({ number, asker, value, error, connects }: Settled): void {
    const entry = this.#entries.get(number);
    if (!entry || entry.settled) throw new Violation(`${markOf(number)} was answered twice.`);
    entry.settled = true;
    this.#waiting.delete(entry);
    if (asker !== "bare" && connects !== entry.connects) entry.sentOnce = false;
    this.#checkArrivals(entry);
    if (error) this.#failed(entry, error);
    else this.#answered(entry, asker, value);
  }

  #answered(entry: Entry, asker: Asker, value: unknown): void {
    const { asked, arrivals } = entry;
    this.counts.answered += 1;
    // What began and was answered may have ended with its socket since.
    const goesOn = entry.breaks === this.#breaks;
    if (asked.kind === "begin") {
      if (!goesOn) return;
      const id = String(value);
      this.transactions.set(id, {
        id,
        asker,
        owner: this.#allowed(entry),
        operation: entry.operation,
      });
      return;
    }
    if (asked.kind !== "query") return;
    // What is lost with its socket, and not begun again yet, the server has no more.
    if (arrivals.length === 0 && !(entry.begun && asked.txn === undefined)) {
      throw new Violation(`${this.#describe(entry)} was answered, and no server has seen it.`);
    }
    if (isLive(asked)) {
      const id = String(value);
      if (goesOn)
        this.live.set(id, { id, asker, owner: new Set(arrivals), operation: entry.operation });
      if (asker === "bare") this.#bareLive.add(id);
      return;
    }
    // Inside a transaction the engine knows nobody.
    if (entry.begun) return;
    const record = (Array.isArray(value) ? value[0] : value) as Record<string, unknown> | undefined;
    if (record?.marker !== markOf(entry.number)) {
      throw new Violation(
        `${this.#describe(entry)} got somebody else's answer: ${JSON.stringify(value)}`,
      );
    }
    const said = `${record.user} ${record.ns}/${record.db}`;
    const may = this.#allowed(entry);
    const right = [...may].filter((runner) => this.#identityOf(runner, asker) === said);
    if (right.length === 0) {
      throw new Violation(
        `${this.#describe(entry)} was answered as ${said}; ${[...may].join(" or ")} was chosen.`,
      );
    }
    if (!arrivals.some((runner) => right.includes(runner))) {
      throw new Violation(
        `${this.#describe(entry)} came as ${arrivals} and was answered as ${said}.`,
      );
    }
  }

  #failed(entry: Entry, error: NonNullable<Settled["error"]>): void {
    const { message, kind, code, details } = error;
    const shown = `${error.name} ${code ?? ""} ${kind ?? ""}/${details ?? ""}: ${message}`;
    if (kind !== "Switchyard") {
      this.counts.failed += 1;
      const broken = !entry.sentOnce || entry.asker === "bare";
      if ((broken && OF_BROKEN_SOCKETS.test(message)) || OF_SERVER.test(message)) {
        this.#count(message.slice(0, 40));
        return;
      }
      throw new Violation(
        `${this.#describe(entry)} failed with an error of no known kind: ${shown}`,
      );
    }
    this.counts.refused += 1;
    const known = Object.entries(RELAY_ERRORS).find(([, each]) => each === code);
    if (!known || (details !== undefined && details !== known[0])) {
      throw new Violation(`${this.#describe(entry)} failed with an undocumented error: ${shown}`);
    }
    if (/something went wrong/.test(message)) {
      throw new Violation(`${this.#describe(entry)} failed with an error of ours: ${shown}`);
    }
    this.#count(known[0]);
    const mayHaveRun = known[0] === "OutcomeUnknown" || known[0] === "AnswerTooLarge";
    if (!mayHaveRun && entry.arrivals.length > 0 && entry.sentOnce) {
      throw new Violation(
        `${this.#describe(entry)} came to the server as ${entry.arrivals}, and the page was told: ${shown}`,
      );
    }
  }

  /** A notification that the bare client got. */
  notified(id: string): void {
    if (!this.#bareLive.has(id) && /^[0-9a-f-]{36}$/.test(id)) {
      throw new Violation(`A notification of live query ${id}, which the page didn't begin there.`);
    }
  }

  /** Its requests came to a server more often than once. */
  cameTwice(mark: string): boolean {
    const entry = this.#entries.get(Number(/\d+/.exec(mark)?.[0]));
    return (entry?.arrivals.length ?? 0) > 1;
  }

  describeWaiting(): string {
    return [...this.#waiting].map((entry) => this.#describe(entry)).join("\n");
  }

  #count(what: string): void {
    this.kinds[what] = (this.kinds[what] ?? 0) + 1;
  }

  #allowed(entry: Entry): ReadonlySet<Runner> {
    const { begun, strict, wide } = entry;
    if (entry.sentOnce) return begun ? begun.owner : strict;
    // On another socket it belongs to nobody: it runs as what is routed.
    return begun ? new Set([...begun.owner, ...wide]) : wide;
  }

  #identityOf(runner: Runner, asker: Asker): string | undefined {
    return this.#identities.get(runner === OWN ? `${OWN} ${asker}` : runner);
  }

  #describe({ number, asker, asked, operation, begun, arrivals }: Entry): string {
    const what = asked.kind === "query" ? asked.text : asked.kind;
    const owner = begun ? ` of ${[...begun.owner]} from operation ${begun.operation}` : "";
    return `${markOf(number)} (operation ${operation}, ${asker}: ${what}${owner}; came as [${arrivals}])`;
  }
}
