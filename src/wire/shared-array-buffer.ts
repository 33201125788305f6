/**
 * A name that the SDK takes for granted.
 *
 * Its `Uuid` asks `value instanceof SharedArrayBuffer`, and Firefox has no such name in pages that
 * aren't cross-origin isolated, which extension pages never are: so a UUID made of text threw there.
 * A class that nothing is an instance of answers the question as it should be answered.
 * https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/SharedArrayBuffer#security_requirements
 */
if (typeof SharedArrayBuffer === "undefined") {
  Object.defineProperty(globalThis, "SharedArrayBuffer", {
    value: class {},
    configurable: true,
    writable: true,
  });
}
