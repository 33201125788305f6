/**
 * A SurrealDB value as Go that makes it with the models of the official SDK (surrealdb.go, v1).
 *
 * Types for which the SDK has no model of its own (sets, files, futures) are written as the CBOR tag
 * that they are on the wire. The packages that a literal uses are collected for the import list.
 */
import {
  type Bound,
  BoundExcluded,
  DateTime,
  Decimal,
  Duration,
  FileRef,
  Future,
  Geometry,
  Range,
  RecordId,
  RecordIdRange,
  StringRecordId,
  Table,
  Uuid,
} from "surrealdb";
import { bytesOf } from "./surql.ts";

const MODELS = "github.com/surrealdb/surrealdb.go/pkg/models";
const CBOR = "github.com/fxamacker/cbor/v2";

const TAG_FUTURE = 15;
const TAG_FILE = 55;
const TAG_SET = 56;

type GeoJson = ReturnType<Geometry["toJSON"]>;

/** A Go expression of the value. Adds to `imports` the packages that it uses. */
export function goLiteral(value: unknown, imports: Set<string>): string {
  const literal = (part: unknown): string => goLiteral(part, imports);

  function model(text: string): string {
    imports.add(MODELS);
    return `models.${text}`;
  }

  function tagged(tag: number, content: string): string {
    imports.add(CBOR);
    return `cbor.Tag{Number: ${tag}, Content: ${content}}`;
  }

  function list(items: Iterable<unknown>): string {
    return `[]any{${Array.from(items, literal).join(", ")}}`;
  }

  function range(begin: Bound<unknown>, end: Bound<unknown>): string {
    const type = (bound: Bound<unknown>) =>
      model(bound instanceof BoundExcluded ? "BoundExcluded[any]" : "BoundIncluded[any]");
    const field = (name: string, bound: Bound<unknown>) =>
      bound === undefined ? [] : [`${name}: &${type(bound)}{Value: ${literal(bound.value)}}`];
    const fields = [...field("Begin", begin), ...field("End", end)].join(", ");
    return `&${model(`Range[any, ${type(begin)}, ${type(end)}]`)}{${fields}}`;
  }

  function shape(json: GeoJson): string {
    switch (json.type) {
      case "Point":
        return model(`NewGeometryPoint(${json.coordinates.map(String).join(", ")})`);
      case "LineString":
        return model(`GeometryLine{${json.coordinates.map(point).join(", ")}}`);
      case "Polygon":
        return model(`GeometryPolygon{${json.coordinates.map(line).join(", ")}}`);
      case "MultiPoint":
        return model(`GeometryMultiPoint{${json.coordinates.map(point).join(", ")}}`);
      case "MultiLineString":
        return model(`GeometryMultiLine{${json.coordinates.map(line).join(", ")}}`);
      case "MultiPolygon":
        return model(`GeometryMultiPolygon{${json.coordinates.map(polygon).join(", ")}}`);
      case "GeometryCollection":
        return model(`GeometryCollection{${json.geometries.map(shape).join(", ")}}`);
    }
  }
  const point = (coordinates: [number, number]) => shape({ type: "Point", coordinates });
  const line = (points: [number, number][]) =>
    model(`GeometryLine{${points.map(point).join(", ")}}`);
  const polygon = (lines: [number, number][][]) =>
    model(`GeometryPolygon{${lines.map(line).join(", ")}}`);

  switch (typeof value) {
    case "undefined":
      return model("None");
    case "bigint":
      return `int64(${value})`;
    case "number":
      return numberText(value, imports);
    case "boolean":
      return String(value);
    case "string":
      return goString(value);
  }
  if (typeof value !== "object" || value === null) return "nil";
  if (value instanceof RecordId) {
    return model(`NewRecordID(${goString(value.table.name)}, ${literal(value.id)})`);
  }
  if (value instanceof RecordIdRange) {
    return model(`NewRecordID(${goString(value.table.name)}, ${range(value.begin, value.end)})`);
  }
  if (value instanceof Range) return range(value.begin, value.end);
  if (value instanceof StringRecordId) return goString(value.toString());
  if (value instanceof DateTime || value instanceof Date) {
    const [seconds, nanoseconds] = new DateTime(value as DateTime).toCompact();
    imports.add("time");
    return model(`CustomDateTime{Time: time.Unix(${seconds}, ${nanoseconds}).UTC()}`);
  }
  if (value instanceof Decimal) return model(`DecimalString(${goString(value.toString())})`);
  if (value instanceof Duration)
    return model(`CustomDurationString(${goString(value.toString())})`);
  if (value instanceof Uuid) return model(`UUIDString(${goString(value.toString())})`);
  if (value instanceof Table) return model(`Table(${goString(value.name)})`);
  if (value instanceof FileRef) return tagged(TAG_FILE, list([value.bucket, value.key]));
  if (value instanceof Future) return tagged(TAG_FUTURE, goString(value.body));
  if (value instanceof Geometry) return shape(value.toJSON());
  const bytes = bytesOf(value);
  if (bytes) return `[]byte{${bytes.join(", ")}}`;
  if (Array.isArray(value)) return list(value);
  if (value instanceof Set) return tagged(TAG_SET, list(value));
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  const fields = entries.map(([key, part]) => `${goString(String(key))}: ${literal(part)}`);
  return `map[string]any{${fields.join(", ")}}`;
}

function numberText(value: number, imports: Set<string>): string {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return String(value);
  if (Number.isFinite(value) && !Object.is(value, -0)) return `float64(${value})`;
  imports.add("math");
  if (Number.isNaN(value)) return "math.NaN()";
  if (value === 0) return "math.Copysign(0, -1)";
  return `math.Inf(${value > 0 ? 1 : -1})`;
}

/** JSON's strings are Go's, but for halves of surrogate pairs, which are no text anyway. */
export function goString(text: string): string {
  return JSON.stringify(text.replace(/\p{Surrogate}/gu, "\ufffd"));
}
