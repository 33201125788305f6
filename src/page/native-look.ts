/**
 * Functions that stand in for native ones and look like them.
 *
 * A Proxy has the name, the length, the properties and the prototype of what it stands for, and no
 * source text. The one thing that it doesn't pass on is the text of the native function, since
 * `toString` is called on the Proxy itself; so reading `toString` from it gives a stand-in for that,
 * too. Left to notice is `Function.prototype.toString.call(…)`: native text, but without a name.
 */
import { apply, functionToString, get } from "./intrinsics.ts";

// biome-ignore lint/suspicious/noExplicitAny: native functions take whatever a page gives them
type Native = (...args: any[]) => any;

/** @returns a function that looks like `native` and does what `handler` says. */
export function standIn<T extends Native | (abstract new (...args: never[]) => object)>(
  native: T,
  handler: Pick<ProxyHandler<T>, "apply" | "construct">,
): T {
  const text: string = apply(functionToString, native, []);
  const toStringToo = new Proxy(functionToString, {
    apply: (target, receiver, args) => (receiver === proxy ? text : apply(target, receiver, args)),
  });
  const proxy: T = new Proxy(native, {
    ...handler,
    get: (target, key, receiver) => {
      // What functions inherit (`caller`, `arguments`) knows native functions, and no Proxies.
      const value: unknown = get(target, key, receiver === proxy ? target : receiver);
      return value === functionToString ? toStringToo : value;
    },
  });
  return proxy;
}
