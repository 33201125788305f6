/**
 * The rows of a value tree: what is open becomes one flat list.
 *
 * Only opened containers are looked into, and of each only the children asked for so far, so that a
 * value of ten megabytes costs as much as the rows that are seen. Values come from CBOR and can't
 * contain themselves.
 */
import { Geometry } from "surrealdb";
import { Fields } from "../../wire/fields.ts";
import { isTakenApart, lookAt } from "../../wire/look.ts";
import { isContainer, keyText, sizeOf } from "./format.ts";

/** Children shown at first, and with each "show more". */
export const CHUNK = 100;

export interface NodeRow {
  kind: "node";
  /** Names the node within its tree: keys and indexes from the root on. */
  path: string;
  parent: string | undefined;
  label: string | undefined;
  labelKind: "key" | "index";
  value: unknown;
  /** 1 for the root, as `aria-level` counts. */
  level: number;
  expandable: boolean;
  expanded: boolean;
  /** Place among its siblings, from 1, and their number. */
  position: number;
  siblings: number;
}

export interface MoreRow {
  kind: "more";
  path: string;
  /** The container whose children go on. */
  parent: string;
  level: number;
  /** Children that come with the next press, of how many that are hidden. */
  next: number;
  remaining: number;
}

export type TreeRow = NodeRow | MoreRow;

/** What the person opened. Absent entries stand at their default. */
export interface TreeState {
  open: ReadonlyMap<string, boolean>;
  /** Children shown of a container. */
  shown: ReadonlyMap<string, number>;
}

/** How one key or index is written in a row's path. */
function pathPart(key: string | number): string {
  return `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** The keys and indexes, as text, that `path` was made of. */
export function pathKeys(path: string): string[] {
  return path
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The path of the row for the value under these keys and indexes, from the root on. */
export function treePath(keys: readonly (string | number)[]): string {
  return keys.map(pathPart).join("");
}

/** Where a value stands that is one of many: the row at an index. */
export interface Among {
  index: number;
  siblings: number;
}

/**
 * The rows to show. Containers above `initialDepth` are open until they are closed by hand.
 * @param among there where the value is one of the rows of a result, each of which is a tree of its own
 */
export function treeRows(
  value: unknown,
  label: string | undefined,
  initialDepth: number,
  state: TreeState,
  among?: Among,
): TreeRow[] {
  const rows: TreeRow[] = [];
  if (among) {
    const row = { label: String(among.index), labelKind: "index" as const, value };
    addNode(rows, row, {
      path: pathPart(among.index),
      parent: undefined,
      level: 1,
      position: among.index + 1,
      siblings: among.siblings,
    });
  } else {
    const root = { label, labelKind: "key" as const, value };
    addNode(rows, root, { path: "", parent: undefined, level: 1, position: 1, siblings: 1 });
  }
  return rows;

  function addNode(
    into: TreeRow[],
    child: Child,
    place: Pick<NodeRow, "path" | "parent" | "level" | "position" | "siblings">,
  ) {
    const container = isContainer(child.value) ? child.value : undefined;
    const size = container ? sizeOf(container) : 0;
    const expandable = size > 0;
    const byDefault = place.level <= initialDepth && (place.level === 1 || size <= FEW);
    const expanded = expandable && (state.open.get(place.path) ?? byDefault);
    into.push({ kind: "node", ...child, ...place, expandable, expanded });
    if (!expanded || !container) return;

    const parts = partsOf(container);
    const shown = Math.min(size, state.shown.get(place.path) ?? CHUNK);
    const level = place.level + 1;
    for (let at = 0; at < shown; at++) {
      const part = parts.at(at);
      addNode(into, part, {
        path: `${place.path}${pathPart(part.name)}`,
        parent: place.path,
        level,
        position: at + 1,
        siblings: size,
      });
    }
    if (shown < size) {
      into.push({
        kind: "more",
        path: `${place.path}/…`,
        parent: place.path,
        level,
        next: Math.min(chunkAfter(shown), size - shown),
        remaining: size - shown,
      });
    }
  }
}

/** At deeper levels only containers of few children open by themselves. */
const FEW = 20;

function chunkAfter(shown: number): number {
  return shown < CHUNK * 10 ? CHUNK : CHUNK * 10;
}

interface Child {
  label: string | undefined;
  labelKind: "key" | "index";
  value: unknown;
}

interface Parts {
  at(index: number): Child & { name: string };
}

/** Keys and the items of sets are listed once per value, not once per painting. */
const listed = new WeakMap<object, Parts>();

function partsOf(container: object): Parts {
  const known = listed.get(container);
  if (known) return known;
  const parts = listParts(container);
  listed.set(container, parts);
  return parts;
}

function listParts(container: object): Parts {
  if (Array.isArray(container) || container instanceof Set) {
    const items = Array.isArray(container) ? container : [...container];
    return {
      at: (index) => ({
        name: String(index),
        label: String(index),
        labelKind: "index",
        value: items[index],
      }),
    };
  }
  if (isTakenApart(container)) {
    const keys = container instanceof Fields ? container.keys : undefined;
    return {
      at: (index) => ({
        name: keys?.[index] ?? String(index),
        label: keys ? keyText(keys[index] ?? "") : String(index),
        labelKind: keys ? "key" : "index",
        value: lookAt(container, index),
      }),
    };
  }
  const source = container instanceof Geometry ? container.toJSON() : container;
  const entries =
    source instanceof Map ? [...source] : Object.keys(source).map((key) => [key, undefined]);
  return {
    at(index) {
      const [key, held] = entries[index] ?? [];
      const value = source instanceof Map ? held : (source as Record<string, unknown>)[String(key)];
      return {
        name: String(key),
        label: keyText(String(key)),
        labelKind: "key",
        value,
      };
    },
  };
}
