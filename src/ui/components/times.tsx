/** Times that keep themselves up to date. Only the text itself is painted again. */
import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { now } from "../store/clock.ts";
import { ago, moment, until } from "../words/time.ts";

/** "12:01:04 · 12 min ago", "2026-03-01 12:01:04 · in 4 days": where the moment itself is asked for. */
export function At({ at }: { at: number }): JSX.Element {
  const text = useComputed(() => `${moment(at, now.value)} · ${until(at, now.value)}`);
  return <time dateTime={new Date(at).toISOString()}>{text}</time>;
}

/** "12 min ago", with the time of day as tooltip. `at`: milliseconds since 1970. */
export function Ago({ at }: { at: number }): JSX.Element {
  const text = useComputed(() => ago(at, now.value));
  return <time title={moment(at, now.peek())}>{text}</time>;
}

/** "in 14 min"; "3 s ago" once it has passed. */
export function Until({ at }: { at: number }): JSX.Element {
  const text = useComputed(() => until(at, now.value));
  return <time title={moment(at, now.peek())}>{text}</time>;
}
