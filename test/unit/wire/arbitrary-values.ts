/** Random SurrealDB values of every type that the official codec writes, nested at random. */
import fc from "fast-check";
import {
  BoundExcluded,
  BoundIncluded,
  DateTime,
  Decimal,
  Duration,
  FileRef,
  GeometryCollection,
  GeometryLine,
  GeometryMultiLine,
  GeometryMultiPoint,
  GeometryMultiPolygon,
  GeometryPoint,
  GeometryPolygon,
  Range,
  RecordId,
  RecordIdRange,
  Table,
  Uuid,
} from "surrealdb";

const coordinate = fc.integer({ min: -90, max: 90 });
const point = fc
  .tuple(coordinate, coordinate)
  .map(([x, y]) => new GeometryPoint([x + 0.5, y + 0.25]));
const line = fc
  .tuple(point, point, fc.array(point, { maxLength: 3 }))
  .map(([a, b, more]) => new GeometryLine([a, b, ...more]));
const ring = fc
  .tuple(point, point, point)
  .map(([a, b, c]) => new GeometryPolygon([new GeometryLine([a, b, c, a])]));
const geometry = fc.oneof(
  point,
  line,
  ring,
  point.map((p) => new GeometryMultiPoint([p])),
  line.map((l) => new GeometryMultiLine([l])),
  ring.map((r) => new GeometryMultiPolygon([r])),
  fc.tuple(point, line).map(([p, l]) => new GeometryCollection([p, l])),
);

const uuid = fc.uuid().map((text) => new Uuid(text));
const name = fc.stringMatching(/^[a-z][a-z_0-9]{0,30}$/);
const integer = fc.oneof(
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.integer({ min: -300, max: 300 }),
);
// Whole floats beyond 2^53 are refused by the official encoder.
const float = fc
  .double({ noNaN: false })
  .filter((n) => !Number.isInteger(n) || Number.isSafeInteger(n));
const key = fc.oneof(name, fc.integer(), uuid, fc.array(fc.integer(), { maxLength: 3 }));

/** Any value without others in it. */
export const anyLeaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(undefined, null, true, false),
  integer,
  float,
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.string({ minLength: 250, maxLength: 300 }),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => bytes.slice().buffer),
  uuid,
  fc.tuple(fc.bigInt(0n, 2n ** 40n), fc.bigInt(0n, 999_999_999n)).map((t) => new DateTime(t)),
  fc.tuple(fc.bigInt(0n, 2n ** 40n), fc.bigInt(0n, 999_999_999n)).map((t) => new Duration(t)),
  fc.integer().map((n) => new Decimal(`${n}.000000000000000000123`)),
  name.map((table) => new Table(table)),
  fc.tuple(name, key).map(([table, id]) => new RecordId(table, id)),
  fc
    .tuple(name, fc.integer(), fc.integer())
    .map(([table, a, b]) => new RecordIdRange(table, new BoundIncluded(a), new BoundExcluded(b))),
  fc
    .tuple(fc.integer(), fc.integer())
    .map(([a, b]) => new Range(new BoundIncluded(a), new BoundExcluded(b))),
  fc.tuple(name, name).map(([bucket, path]) => new FileRef(bucket, `/${path}`)),
  geometry,
);

/** Any value. */
export const anyValue: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    anyLeaf,
    fc.array(tie("value"), { maxLength: 30 }),
    fc.dictionary(
      fc.string({ maxLength: 12 }).filter((text) => text !== "__proto__"),
      tie("value"),
      { maxKeys: 30 },
    ),
    fc.array(tie("value"), { maxLength: 5 }).map((items) => new Set(items)),
  ),
})).value;

/** Any params of a request. */
export const anyParams: fc.Arbitrary<unknown[]> = fc.array(anyValue, { maxLength: 4 });

/** A canonical UUID. */
export const anyUuid: fc.Arbitrary<string> = fc.uuid().map((text) => text.toLowerCase());
