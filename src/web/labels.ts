/**
 * What sessions are called, and by which colour they are told apart.
 *
 * A person's own label and colour are kept for the session's id, so that they are there again whenever
 * the session is. Without them it is called after its user, in a colour that follows from its id: the
 * same one after every restart, unless another session in sight has it already.
 */
import { nextColour, PALETTE } from "../session/palette.ts";
import { shortId } from "../session/short-id.ts";
import type { SeenSession } from "./web-model.ts";
import type { Labelling, WebStore } from "./web-store.ts";

/** Labels of so many sessions are kept; those given last. */
const LIMIT = 500;
const LABEL = 80;

type Named = Pick<SeenSession, "kind" | "id">;

export class Labels {
  readonly #store: Pick<WebStore, "loadLabels" | "saveLabels">;
  #all = new Map<string, Labelling>();

  constructor(store: Pick<WebStore, "loadLabels" | "saveLabels">) {
    this.#store = store;
  }

  async load(): Promise<void> {
    for (const each of await this.#store.loadLabels()) this.#all.set(nameOf(each), each);
  }

  of(session: Named): Pick<Labelling, "label" | "colour"> {
    return this.#all.get(nameOf(session)) ?? {};
  }

  /** Keeps what is given of label and colour; what isn't stays. */
  async give(session: Named, changes: Pick<Labelling, "label" | "colour">): Promise<void> {
    const name = nameOf(session);
    const { kind, id } = session;
    const next = { ...this.#all.get(name), kind, id, ...changes };
    this.#all.delete(name);
    this.#all.set(name, next);
    for (const oldest of [...this.#all.keys()].slice(0, -LIMIT)) this.#all.delete(oldest);
    await this.#store.saveLabels([...this.#all.values()]);
  }

  async forgetAll(): Promise<void> {
    this.#all.clear();
    await this.#store.saveLabels([]);
  }
}

/** As a session is called that nobody gave a label. */
export function ownLabel({ user, userName, id }: SeenSession): string {
  return (userName || user || `Session ${shortId(id)}`).slice(0, LABEL);
}

/** @param taken colours of the other sessions in sight */
export function ownColour(id: string, taken: readonly string[]): string {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003;
  const { colour } = PALETTE[sum % PALETTE.length] ?? { colour: nextColour(taken) };
  return taken.includes(colour) ? nextColour(taken) : colour;
}

/** Of a label and a colour what can be one; as with held sessions the rest is left as it is. */
export function labelling({ label, colour }: { label?: string; colour?: string }): {
  label?: string;
  colour?: string;
} {
  const text = label?.trim().slice(0, LABEL);
  return {
    ...(text && { label: text }),
    ...(colour !== undefined && /^#[0-9a-f]{6}$/i.test(colour) && { colour }),
  };
}

function nameOf({ kind, id }: Named): string {
  return `${kind}/${id}`;
}
