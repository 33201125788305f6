/**
 * Statements that were run lately or saved, as the worker keeps them for all panels.
 *
 * They are asked for when somebody first looks, since together they may be some megabytes; from then on
 * the worker tells what changes. What it doesn't keep (too long, no room) is listed in this panel alone,
 * with the reason.
 */
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import type { WorkerEvent } from "../../messages/commands.ts";
import type { ViewClient } from "../../messages/view-client.ts";
import { messageOf } from "../../session/errors.ts";
import {
  type Ending,
  isSameRun,
  PAST_ENTRIES,
  PAST_SIZE,
  type PastStatement,
  type SavedHead,
  type StatementsDelta,
  sizeOfStatement,
} from "../../session/query/kept-statements.ts";
import { byteSize } from "../values/sizes.ts";

/** A statement that was run, as a panel lists it. */
export interface ListedStatement extends PastStatement {
  /** Why only this panel has it, and only as long as it is open: one sentence. */
  unkept?: string;
  /** Bytes of one that is too long, counted once. */
  size?: number;
}

export interface StatementsStore {
  /** Newest first. */
  readonly past: ReadonlySignal<readonly ListedStatement[]>;
  /** By name. */
  readonly saved: ReadonlySignal<readonly SavedHead[]>;
  /** Undefined until the lists were asked for; then whether they are here, or why not. */
  readonly loading: ReadonlySignal<"asked" | "here" | { failed: unknown } | undefined>;
  /** Asks for the lists, if nobody has. */
  open(): void;
  /** Something runs now. Never rejects: what can't be kept is listed with the reason. */
  ran(entry: PastStatement): void;
  /** It ended in the session at this index. */
  ended(id: string, index: number, ending: Ending): void;
  /** Without ids: all that was run. Rejects with CommandError. */
  forget(ids?: readonly string[]): Promise<void>;
  /** Every event of the worker goes through here; what is no concern of it is passed over. */
  take(event: WorkerEvent): void;
}

/** Bytes of what only this panel has. */
const UNKEPT_TOTAL = 16_000_000;

export function createStatementsStore(client: Pick<ViewClient, "call">): StatementsStore {
  const past = signal<readonly ListedStatement[]>([]);
  const heads = signal<ReadonlyMap<string, SavedHead>>(new Map());
  const loading = signal<"asked" | "here" | { failed: unknown } | undefined>(undefined);
  /** What was told while the lists were under way: they may be older. */
  let meanwhile: StatementsDelta[] = [];
  /** Of each entry of this panel: settles when the worker has it, or never will. */
  const noted = new Map<string, Promise<unknown>>();

  function list(entries: readonly ListedStatement[]) {
    past.value = bounded([...entries].sort((one, other) => other.at - one.at));
  }

  function apply({ past: run = [], forgotten = [], saved = [], removed = [] }: StatementsDelta) {
    batch(() => {
      const gone = new Set([...forgotten, ...run.map(({ id }) => id)]);
      const before = new Map(past.peek().map((entry) => [entry.id, entry]));
      list([
        ...run.map((entry) => withEnds(entry, before.get(entry.id))),
        ...past.peek().filter(({ id }) => !gone.has(id)),
      ]);
      const next = new Map(heads.peek());
      for (const id of removed) next.delete(id);
      for (const head of saved) next.set(head.id, head);
      heads.value = next;
    });
  }

  async function load() {
    meanwhile = [];
    loading.value = "asked";
    try {
      const answer = await client.call("statements.list", {});
      batch(() => {
        heads.value = new Map(answer.saved.map((head) => [head.id, head]));
        const here = past.peek().filter(({ id, unkept }) => unkept !== undefined || noted.has(id));
        const known = new Set(answer.past.map(({ id }) => id));
        list([...answer.past, ...here.filter(({ id }) => !known.has(id))]);
        for (const delta of meanwhile) apply(delta);
        loading.value = "here";
      });
    } catch (error) {
      loading.value = { failed: error };
    }
  }

  function change(id: string, to: (entry: ListedStatement) => ListedStatement) {
    past.value = past.peek().map((entry) => (entry.id === id ? to(entry) : entry));
  }

  return {
    past,
    saved: computed(() =>
      [...heads.value.values()].sort((one, other) => one.name.localeCompare(other.name)),
    ),
    loading,
    open() {
      if (loading.peek() === undefined || typeof loading.peek() === "object") void load();
    },
    ran(entry) {
      const size = sizeOfStatement(entry);
      const tooLong =
        size > PAST_SIZE
          ? `With ${byteSize(size)} it is too long to be kept: only this panel has it, until it closes.`
          : undefined;
      const others = past.peek().filter((each) => !isSameRun(each, entry));
      list([{ ...entry, ...(tooLong !== undefined && { unkept: tooLong, size }) }, ...others]);
      if (tooLong !== undefined) return;
      const kept = client.call("statement.ran", entry).catch((error: unknown) => {
        const unkept = `Only this panel has it, until it closes: ${messageOf(error)}`;
        change(entry.id, (each) => ({ ...each, unkept }));
      });
      noted.set(entry.id, kept);
      void kept.then(() => noted.delete(entry.id));
    },
    ended(id, index, ending) {
      change(id, (entry) => ({
        ...entry,
        sessions: entry.sessions.map((each, place) =>
          place === index ? { ...each, ended: ending } : each,
        ),
      }));
      const told = async () => {
        await noted.get(id);
        const entry = past.peek().find((each) => each.id === id);
        if (!entry || entry.unkept !== undefined) return;
        await client.call("statement.ended", { id, index, ending });
      };
      // The entry stands there without its end where the worker is away: a list of the past is no proof.
      told().catch(() => undefined);
    },
    async forget(ids) {
      const isMeant = ({ id }: ListedStatement) => !ids || ids.includes(id);
      await client.call("statement.forget", ids ? { ids: [...ids] } : {});
      past.value = past.peek().filter((entry) => !isMeant(entry));
    },
    take(message) {
      if (loading.peek() === undefined) return;
      // A worker that was started anew may know more.
      if (message.event === "snapshot") void load();
      if (message.event !== "statements") return;
      if (loading.peek() === "asked") meanwhile.push(message.delta);
      apply(message.delta);
    },
  };
}

/** What this panel heard of its end stays, where the worker tells of an entry that it hasn't heard that of. */
function withEnds(told: PastStatement, known: ListedStatement | undefined): ListedStatement {
  if (!known) return told;
  return {
    ...told,
    sessions: told.sessions.map((each, index) => {
      const ended = each.ended ?? known.sessions[index]?.ended;
      return ended ? { ...each, ended } : each;
    }),
  };
}

function bounded(entries: readonly ListedStatement[]): ListedStatement[] {
  let size = 0;
  return entries.slice(0, PAST_ENTRIES).filter((entry) => {
    size += entry.size ?? 0;
    return entry.size === undefined || size <= UNKEPT_TOTAL;
  });
}
