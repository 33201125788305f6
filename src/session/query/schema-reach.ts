/**
 * What a text sets off through the schema that no transaction takes back.
 */

/** A part of the schema, and what it calls. */
export interface Reach {
  /** "event e on note", "fn::x", "field f of note" */
  what: string;
  /** "http::post" */
  uses: string;
}
