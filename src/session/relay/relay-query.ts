/**
 * A relayed query whose text begins or ends live queries.
 *
 * The server lets anybody kill anything, so each KILL must name, in the text or by a binding, a live
 * query that is the client's own. All of them must run in one held session: a text can be given to one
 * only. A query that was begun again after a restore has another id at the server than the client
 * knows; that one is put in its place.
 */
import { arrayItems } from "../../wire/cbor-parts.ts";
import type { ArrayBytes, ItemBytes } from "../../wire/proven.ts";
import { encodeValue } from "../../wire/values.ts";
import type { HeldSession } from "../held-session.ts";
import { CborPayload } from "../journal/payload.ts";
import { type KillOperand, scanLive } from "./live-scan.ts";
import { queryOf } from "./relay-bindings.ts";
import { RelayError } from "./relay-error.ts";
import { uuidItem } from "./relay-values.ts";

/** A live query of the client's own. */
export interface OwnLive {
  held: HeldSession;
  /** As the server knows it now; undefined: it is over there. */
  serverId: string | undefined;
}

interface LiveKnowledge {
  own(id: string): OwnLive | undefined;
  isForeign(id: string): boolean;
}

const UUIDS = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

export class RelayQuery {
  readonly text: string;
  readonly params: ArrayBytes;
  /** Whose live queries it kills, where it does nothing else. */
  readonly owner: HeldSession | undefined;
  /** It kills what was lost with its socket and isn't begun again yet: the server has nothing to kill. */
  readonly killsLost: boolean;
  /** The client's ids of what it kills, in order. */
  readonly #kills: string[] = [];

  /**
   * @param bindings undefined where the query's second parameter is no map
   * @param routed as which session it would run; undefined: none
   * @throws RelayError
   */
  constructor(
    text: string,
    given: ArrayBytes,
    bindings: Map<string, ItemBytes> | undefined,
    routed: HeldSession | undefined,
    known: LiveKnowledge,
  ) {
    const scan = scanLive(text);
    // Where the reading of the text could be led astray, what somebody else began is safe even so.
    for (const [id] of text.matchAll(UUIDS)) {
      if (known.isForeign(id.toLowerCase())) throw notOwn(id);
    }
    for (const value of bindings?.values() ?? []) {
      const id = new CborPayload(value).uuid();
      if (id !== undefined && known.isForeign(id)) throw notOwn(id);
    }
    if (scan.unclear) throw unclear();
    const owners = new Set<HeldSession>();
    let written = text;
    let rewritten = false;
    let lost = 0;
    // From the end, so that what stands before keeps its place.
    for (const operand of scan.kills.toReversed()) {
      // A text may set the parameter anew, to the id of somebody else's.
      const mayChange = operand.by === "param" && isSetAnew(operand.name, scan.otherParams);
      const id = idOf(mayChange ? { by: "other" } : operand, bindings);
      const own = known.own(id);
      if (!own) throw notOwn(id);
      owners.add(own.held);
      this.#kills.unshift(id);
      const { serverId } = own;
      if (serverId === undefined) lost += 1;
      if (serverId === undefined || serverId === id) continue;
      rewritten = true;
      if (operand.by === "param") bindings?.set(operand.name, uuidItem(serverId));
      else if (operand.by === "id") {
        written = written.slice(0, operand.start) + serverId + written.slice(operand.end);
      }
    }
    const [owner] = owners;
    if (owners.size > 1 || (owner && owner !== routed && !scan.onlyKills)) throw mixed();
    this.owner = owner;
    this.killsLost = scan.onlyKills && lost === this.#kills.length;
    this.text = written;
    this.params = rewritten ? queryOf(written, bindings, arrayItems(given).slice(2)) : given;
  }

  get kills(): readonly string[] {
    return this.#kills;
  }

  /** What a server answers where all that was killed is over. */
  get allKilled(): ItemBytes {
    const killed = { status: "OK", time: "0ns", result: undefined, type: "kill" };
    return encodeValue(this.#kills.map(() => killed));
  }

  /** The client's ids of those that the answer says were killed: one KILL each, in order. */
  killedBy(answer: ItemBytes): string[] {
    if (this.#kills.length === 0) return [];
    const statements = new CborPayload(answer).items() ?? [];
    const kills = statements.filter((statement) => statement.field("type")?.text() === "kill");
    return this.#kills.filter((_, index) => kills[index]?.field("status")?.text() === "OK");
  }
}

function idOf(operand: KillOperand, bindings: Map<string, ItemBytes> | undefined): string {
  if (operand.by === "id") return operand.id;
  const bound = operand.by === "param" ? bindings?.get(operand.name) : undefined;
  const id = bound && new CborPayload(bound).uuid();
  if (id !== undefined) return id;
  throw new RelayError(
    "MixedOwners",
    "a KILL must name its live query by its id, in the text or bound to the request. Nothing was sent.",
  );
}

function isSetAnew(name: string, others: ReadonlySet<string>): boolean {
  if (others.has(name)) return true;
  // Written with an escape it may be any name.
  for (const other of others) if (other.includes("\\")) return true;
  return false;
}

function unclear(): RelayError {
  return new RelayError(
    "MixedOwners",
    "it can't be told for sure what this text kills. Nothing was sent. Send each KILL alone.",
  );
}

function notOwn(id: string): RelayError {
  return new RelayError(
    "LiveQueryNotFound",
    `live query ${id} doesn't run in this session. Nothing was sent.`,
  );
}

function mixed(): RelayError {
  return new RelayError(
    "MixedOwners",
    "this text kills live queries of one session and would run as another. Nothing was sent. Send each KILL alone.",
  );
}
