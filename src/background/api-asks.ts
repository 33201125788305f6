/**
 * Pages that wait for the person's word: one request per origin, whoever of its documents asks.
 *
 * It stays as long as one of them waits, and is withdrawn with the last. What the person answers goes
 * to all of them.
 */
import type { AccessRequestView } from "../session/relay/route-model.ts";

/** Whoever waits; told by identity. */
type Asker = object;

interface Ask {
  readonly view: AccessRequestView;
  readonly answer: Promise<void>;
  readonly waiting: Set<Asker>;
  resolve(): void;
  reject(error: Error): void;
}

export class Asks {
  readonly #changed: () => void;
  readonly #open = new Map<string, Ask>();

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get views(): AccessRequestView[] {
    return [...this.#open.values()].map(({ view }) => view);
  }

  /** The origin that asks under this id. */
  originOf(id: string): string | undefined {
    return this.views.find((view) => view.id === id)?.origin;
  }

  /** Asks, or joins those of the origin that do. Resolves when access was granted. */
  ask(asker: Asker, asked: Pick<AccessRequestView, "origin" | "tabId" | "reason">): Promise<void> {
    const { origin } = asked;
    let ask = this.#open.get(origin);
    if (!ask) {
      ask = openAsk({ ...asked, id: crypto.randomUUID(), at: Date.now() });
      this.#open.set(origin, ask);
      this.#changed();
    }
    ask.waiting.add(asker);
    return ask.answer;
  }

  /** @param refusal absent: granted */
  settle(origin: string, refusal?: Error): void {
    const ask = this.#open.get(origin);
    if (!ask) return;
    this.#open.delete(origin);
    if (refusal) ask.reject(refusal);
    else ask.resolve();
    this.#changed();
  }

  /** It is gone, and waits no more. */
  leave(asker: Asker, refusal: Error): void {
    for (const [origin, { waiting }] of [...this.#open]) {
      if (waiting.delete(asker) && waiting.size === 0) this.settle(origin, refusal);
    }
  }
}

function openAsk(view: AccessRequestView): Ask {
  let resolve: Ask["resolve"] = () => undefined;
  let reject: Ask["reject"] = () => undefined;
  const answer = new Promise<void>((fulfil, fail) => {
    resolve = fulfil;
    reject = fail;
  });
  // Whoever asked may be gone before the answer.
  answer.catch(() => undefined);
  return { view, answer, waiting: new Set(), resolve, reject };
}
