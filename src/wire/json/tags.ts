/** SurrealDB's CBOR tags (`surrealdb/core/src/rpc/format/cbor/convert.rs`), but for those of envelopes. */

export const DATETIME_TEXT = 0;
export const NONE = 6;
export const TABLE = 7;
export const RECORD_ID = 8;
export const UUID_TEXT = 9;
export const DECIMAL = 10;
export const DATETIME = 12;
export const DURATION_TEXT = 13;
export const DURATION = 14;
export const RANGE = 49;
export const BOUND_INCLUDED = 50;
export const BOUND_EXCLUDED = 51;
export const FILE = 55;
export const SET = 56;
export const POINT = 88;

/** GeoJSON's names for the kinds of geometry. */
export const GEOMETRIES: ReadonlyMap<number, string> = new Map([
  [POINT, "Point"],
  [89, "LineString"],
  [90, "Polygon"],
  [91, "MultiPoint"],
  [92, "MultiLineString"],
  [93, "MultiPolygon"],
  [94, "GeometryCollection"],
]);
