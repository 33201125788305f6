/** An RPC method with its arguments as the SurrealQL that does the same. */

export interface MethodStatement {
  text: string;
  /** CBOR map. */
  bindings: Uint8Array;
}
