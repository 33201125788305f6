/**
 * Telling the views what changed, together and once.
 *
 * Changes are collected by key and told a few milliseconds later as whole views, so that a session
 * which changes five times in one set-up is sent once, as it ended up.
 */
import type { ConnectionView, SessionKey, SessionView, Settings } from "./model.ts";

/** Everything that changed since the last time; whole views by key. */
export interface RegistryDelta {
  connections?: ConnectionView[];
  removedConnections?: string[];
  sessions?: SessionView[];
  removedSessions?: SessionKey[];
  settings?: Settings;
  problems?: string[];
}

/** Where the views come from at the moment of telling. Undefined: it is gone meanwhile. */
export interface ChangeSource {
  connectionView(id: string): ConnectionView | undefined;
  sessionView(key: SessionKey): SessionView | undefined;
  settings(): Settings;
  problems(): string[];
  tell(delta: RegistryDelta): void;
}

/** At most this many milliseconds late. */
const PAUSE = 8;

export class ChangeFeed {
  readonly #source: ChangeSource;
  readonly #connections = new Set<string>();
  readonly #sessions = new Set<SessionKey>();
  #settings = false;
  #problems = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(source: ChangeSource) {
    this.#source = source;
  }

  connection(id: string): void {
    this.#connections.add(id);
    this.#soon();
  }

  session(key: SessionKey): void {
    this.#sessions.add(key);
    this.#soon();
  }

  settings(): void {
    this.#settings = true;
    this.#soon();
  }

  problems(): void {
    this.#problems = true;
    this.#soon();
  }

  /** Tells at once what is waiting to be told. */
  flush(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#tell();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => this.#tell(), PAUSE);
  }

  #tell(): void {
    this.#timer = undefined;
    const source = this.#source;
    const delta: RegistryDelta = {};
    const [connections, removedConnections] = takePresent(this.#connections, (id) =>
      source.connectionView(id),
    );
    const [sessions, removedSessions] = takePresent(this.#sessions, (key) =>
      source.sessionView(key),
    );
    if (connections.length > 0) delta.connections = connections;
    if (removedConnections.length > 0) delta.removedConnections = removedConnections;
    if (sessions.length > 0) delta.sessions = sessions;
    if (removedSessions.length > 0) delta.removedSessions = removedSessions;
    if (this.#settings) delta.settings = source.settings();
    if (this.#problems) delta.problems = source.problems();
    this.#settings = false;
    this.#problems = false;
    source.tell(delta);
  }
}

/** Empties a set of keys into the views that are there, and the keys of those that are gone. */
export function takePresent<V>(
  keys: Set<string>,
  view: (key: string) => V | undefined,
): [V[], string[]] {
  const present: V[] = [];
  const gone: string[] = [];
  for (const key of keys) {
    const found = view(key);
    if (found === undefined) gone.push(key);
    else present.push(found);
  }
  keys.clear();
  return [present, gone];
}
