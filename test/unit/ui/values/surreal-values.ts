/** SurrealDB values of every type, and an equality that knows all of them. */
import fc from "fast-check";
import {
  type Bound,
  BoundExcluded,
  BoundIncluded,
  DateTime,
  Decimal,
  Duration,
  equals,
  FileRef,
  Geometry,
  GeometryPoint,
  Range,
  RecordId,
  RecordIdRange,
  Table,
  Uuid,
} from "surrealdb";
import { typeName } from "../../../../src/ui/values/format.ts";

/** Equality that looks into containers; the SDK's `equals` doesn't know bytes. */
export function same(a: unknown, b: unknown): boolean {
  if (a instanceof ArrayBuffer && b instanceof ArrayBuffer) {
    return Buffer.from(a).equals(Buffer.from(b));
  }
  if (a instanceof Range && b instanceof Range) {
    return sameBound(a.begin, b.begin) && sameBound(a.end, b.end);
  }
  if (a instanceof RecordIdRange && b instanceof RecordIdRange) {
    return a.table.equals(b.table) && sameBound(a.begin, b.begin) && sameBound(a.end, b.end);
  }
  if (a instanceof Set && b instanceof Set) {
    // The engine sorts sets; the order says nothing.
    const rest = [...b];
    return [...a].every((item) => {
      const at = rest.findIndex((other) => same(item, other));
      return at >= 0 && rest.splice(at, 1).length === 1;
    });
  }
  if (a instanceof RecordId && b instanceof RecordId) {
    return a.table.equals(b.table) && same(a.id, b.id);
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => same(item, b[i]));
  }
  if (typeName(a) === "object" && typeName(b) === "object") {
    const [x, y] = [a as Record<string, unknown>, b as Record<string, unknown>];
    const keys = Object.keys(x).sort();
    return same(keys, Object.keys(y).sort()) && keys.every((key) => same(x[key], y[key]));
  }
  if (typeof a === "number" && typeof b === "number") return Object.is(a, b);
  return equals(a, b);
}

function sameBound(a: Bound<unknown>, b: Bound<unknown>): boolean {
  return a?.constructor === b?.constructor && same(a?.value, b?.value);
}

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 8 }),
  fc.string({
    unit: fc.constantFrom(
      "'",
      '"',
      "`",
      "\\",
      "⟩",
      "⟨",
      "\n",
      "\0",
      "a",
      "1",
      "$",
      "{",
      "😀",
      "\u202e",
      "/",
    ),
  }),
  fc.constantFrom("", "10", "-5", "1e5", "01h", "select", "NONE", "user:bob", "a b"),
);
const name = fc.oneof(
  text.filter((value) => value !== ""),
  fc.constantFrom(
    "user",
    "select",
    "true",
    "if",
    "NONE",
    "use",
    "live",
    "NaN",
    "Infinity",
    "function",
  ),
);
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 1e19, 2 ** 53, -1e300, 5e-324),
);
/** What the codec makes of an int: a bigint only beyond 2^53. */
const int = int64.map((value) =>
  value >= -(2n ** 53n) && value <= 2n ** 53n ? Number(value) : value,
);
const decimal = fc
  .tuple(fc.bigInt({ min: -(2n ** 95n), max: 2n ** 95n }), fc.nat(28))
  .map(([digits, scale]) => {
    const all = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, "0");
    const whole = all.slice(0, all.length - scale);
    const rest = scale ? `.${all.slice(-scale)}` : "";
    return new Decimal(`${digits < 0n ? "-" : ""}${whole}${rest}`);
  });
const datetime = fc
  .tuple(fc.integer({ min: -62_000_000_000, max: 250_000_000_000 }), fc.nat(999_999_999))
  .map(([seconds, nanoseconds]) => new DateTime([BigInt(seconds), BigInt(nanoseconds)]));
const duration = fc
  .tuple(fc.nat(), fc.nat(999_999_999))
  .map(([seconds, nanoseconds]) => new Duration([BigInt(seconds), BigInt(nanoseconds)]));
const uuid = fc.uuid().map((value) => new Uuid(value));
const coordinate = fc.double({ noNaN: true, noDefaultInfinity: true, min: -180, max: 180 });
const point = fc.tuple(coordinate, coordinate).map((pair) => new GeometryPoint(pair));
const pairs = (minLength: number) =>
  fc.array(fc.tuple(coordinate, coordinate), { minLength, maxLength: 4 });
const geometry = fc
  .oneof(
    pairs(2).map((coordinates) => ({ type: "LineString", coordinates })),
    pairs(1).map((coordinates) => ({ type: "MultiPoint", coordinates })),
    fc
      .array(pairs(2), { minLength: 1, maxLength: 2 })
      .map((coordinates) => ({ type: "MultiLineString", coordinates })),
    pairs(3).map((line) => ({ type: "Polygon", coordinates: [[...line, line[0]]] })),
    point.map((p) => ({ type: "GeometryCollection", geometries: [p.toJSON()] })),
  )
  .map((json) => Geometry.fromJSON(json as Parameters<typeof Geometry.fromJSON>[0]));
const bytes = fc.uint8Array({ maxLength: 8 }).map((value) => new Uint8Array(value).buffer);
const file = fc
  .tuple(fc.stringMatching(/^[a-z][a-z0-9_]{0,5}$/), text)
  .map(([bucket, key]) => new FileRef(bucket, `/${key}`));

const scalar = fc.oneof(
  fc.constantFrom(undefined, null, true, false),
  text,
  int,
  number,
  decimal,
  datetime,
  duration,
  uuid,
  name.map((value) => new Table(value)),
  point,
  geometry,
  bytes,
  file,
);

export const { value: anyValue } = fc.letrec((tie) => {
  const list = fc.array(tie("value"), { maxLength: 4 });
  const object = fc.dictionary(text, tie("value"), { maxKeys: 4 });
  const idPart = fc.oneof(
    text,
    int,
    uuid,
    fc.array(scalar, { maxLength: 3 }),
    fc.dictionary(text, scalar, { maxKeys: 3 }),
  );
  const bound = (part: fc.Arbitrary<unknown>) =>
    fc.option(
      fc.oneof(
        part.map((end) => new BoundIncluded(end)),
        part.map((end) => new BoundExcluded(end)),
      ),
      { nil: undefined },
    );
  const record = fc.tuple(name, idPart).map(([table, id]) => new RecordId(table, id));
  return {
    value: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      { weight: 5, arbitrary: scalar },
      { weight: 2, arbitrary: record },
      { weight: 1, arbitrary: list },
      { weight: 1, arbitrary: object },
      {
        weight: 1,
        arbitrary: fc
          .uniqueArray(fc.oneof(fc.integer(), record), {
            maxLength: 4,
            comparator: (a, b) => equals(a, b),
          })
          .map((items) => new Set(items)),
      },
      {
        weight: 1,
        arbitrary: fc
          .tuple(bound(tie("value")), bound(tie("value")))
          .map(([begin, end]) => new Range(begin, end)),
      },
      {
        weight: 1,
        arbitrary: fc
          .tuple(name, bound(idPart), bound(idPart))
          .map(
            ([table, begin, end]) =>
              new RecordIdRange(
                table,
                begin as BoundIncluded<string>,
                end as BoundIncluded<string>,
              ),
          ),
      },
    ),
  };
});
