/**
 * Whom this view's tab runs as, and the one way to change that.
 *
 * A switch may have to be asked about first: the worker answers a question instead, and the same
 * command with the person's answer goes on from there. So a switch is one thing here from the press
 * to its end, with one question at a time, however many are asked in a row.
 */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { CommandParams } from "../../messages/commands.ts";
import type { ViewClient } from "../../messages/view-client.ts";
import type { ErrorView, SessionKey } from "../../session/model.ts";
import type {
  RouteLeftover,
  RouteQuestion,
  RouteScope,
  RouteView,
} from "../../session/relay/route-model.ts";
import { toErrorView } from "../components/action.ts";
import type { PageStore } from "./page.ts";

/** Which part of the page: the page itself, or a frame of another origin, chosen itself. */
export interface RouteTarget {
  scope: RouteScope;
  documentId?: string;
}

/** A switch that waits for the person's word. */
export interface PendingSwitch {
  ask: RouteQuestion;
  /** The session that the page goes to; absent: back to its own. */
  to: SessionKey | undefined;
}

/** What a person can say to a question. */
export type SwitchAnswer = { otherServer: true } | { transactions: "finish" | "cancel" };

export interface RoutesStore {
  /** The route of the page that the tab shows. */
  readonly current: ReadonlySignal<RouteView | undefined>;
  /** Routes of frames of other origins in it, each chosen itself. */
  readonly frames: ReadonlySignal<readonly RouteView[]>;
  /** Routes that rest, since the tab shows another site. */
  readonly resting: ReadonlySignal<readonly RouteView[]>;
  /**
   * Live queries and transactions that go on in held sessions although nothing is routed any more, but
   * for those that the person has read of.
   */
  readonly leftovers: ReadonlySignal<readonly RouteLeftover[]>;
  dismissLeftovers(): void;
  readonly question: ReadonlySignal<PendingSwitch | undefined>;
  /** A switch is on its way. */
  readonly busy: ReadonlySignal<boolean>;
  /**
   * The page was switched here and is still the document that it was then: what it has loaded is from
   * before. `to` absent: it went back to its own session.
   */
  readonly outdated: ReadonlySignal<{ to: SessionKey | undefined } | undefined>;
  /** The person has read that. */
  dismissOutdated(): void;
  /** Why the last switch came to nothing. */
  readonly error: ReadonlySignal<ErrorView | undefined>;
  /** The route of this tab that runs as this held session now. Reading it subscribes. */
  runsAs(key: SessionKey): RouteView | undefined;
  /** "Run tab as …". Answers true where the switch is done; a question or an error stands otherwise. */
  set(to: SessionKey, target?: RouteTarget): Promise<boolean>;
  /** "Page's own session". */
  clear(documentId?: string): Promise<boolean>;
  /** Goes on with the switch that was asked about. */
  answer(word: SwitchAnswer): Promise<boolean>;
  /** Gives up the switch that was asked about. */
  leaveQuestion(): void;
  dismissError(): void;
}

/** A switch waits for the page's documents (3 s) and for the server's word. Milliseconds. */
const SWITCH_TIME = 20_000;

type Switch =
  | { command: "route.set"; params: CommandParams<"route.set"> }
  | { command: "route.clear"; params: CommandParams<"route.clear"> };

export function createRoutesStore(client: Pick<ViewClient, "call">, page: PageStore): RoutesStore {
  const live = computed(() => page.routes.value.filter((route) => route.state !== "suspended"));
  const current = computed(() => live.value.find((route) => route.origin === route.topOrigin));
  const frames = computed(() => live.value.filter((route) => route.origin !== route.topOrigin));
  const resting = computed(() => page.routes.value.filter((route) => route.state === "suspended"));
  const readOf = signal<ReadonlySet<string>>(new Set());
  const leftovers = computed(() => {
    const all = page.leftovers.value;
    // One that is new brings the others back with it: the sentence counts them all.
    return all.every(({ id }) => readOf.value.has(id)) ? [] : all;
  });
  const question = signal<PendingSwitch | undefined>(undefined);
  const error = signal<ErrorView | undefined>(undefined);
  const running = signal(0);
  const busy = computed(() => running.value > 0);
  /** The last switch of the page itself that was done here, and the document that it found. */
  const done = signal<{ to: SessionKey | undefined; document: string | undefined } | undefined>(
    undefined,
  );
  const topDocument = computed(() => page.frames.value.find((frame) => frame.top)?.documentId);
  const outdated = computed(() => {
    const last = done.value;
    // A page without a document that is watched has nothing from before.
    if (!last?.document || last.document !== topDocument.value) return undefined;
    return { to: last.to };
  });
  /** What the question on screen is about. */
  let asked: Switch | undefined;

  async function run(next: Switch): Promise<boolean> {
    question.value = undefined;
    asked = undefined;
    error.value = undefined;
    running.value++;
    const document = topDocument.peek();
    try {
      const options = { timeout: SWITCH_TIME };
      const { ask } =
        next.command === "route.set"
          ? await client.call(next.command, next.params, options)
          : await client.call(next.command, next.params, options);
      const to = next.command === "route.set" ? next.params.to : undefined;
      if (ask) {
        asked = next;
        question.value = { ask, to };
        return false;
      }
      if (!next.params.documentId) done.value = { to, document };
      return true;
    } catch (thrown) {
      error.value = toErrorView(thrown);
      return false;
    } finally {
      running.value--;
    }
  }

  return {
    current,
    frames,
    resting,
    leftovers,
    dismissLeftovers() {
      readOf.value = new Set(page.leftovers.peek().map(({ id }) => id));
    },
    question,
    busy,
    outdated,
    dismissOutdated() {
      done.value = undefined;
    },
    error,
    runsAs: (key) => live.value.find((route) => route.to === key),
    set: (to, target) => run({ command: "route.set", params: { to, ...target } }),
    clear: (documentId) => run({ command: "route.clear", params: { documentId } }),
    async answer(word) {
      if (!asked) return false;
      return asked.command === "route.set"
        ? run({ ...asked, params: { ...asked.params, ...word } })
        : run({ ...asked, params: { ...asked.params, ...word } });
    },
    leaveQuestion() {
      asked = undefined;
      question.value = undefined;
    },
    dismissError() {
      error.value = undefined;
    },
  };
}
