/**
 * Remembered choices of this view: which sections are folded, where the divider stands.
 *
 * A choice is a signal that has its default at once and takes the remembered value when the host has
 * loaded it, unless the person was quicker. Never a secret.
 */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ViewHost } from "../host.ts";

export interface Preferences {
  /** The choice of this name. Whoever asks first says what it is by default. */
  get<T>(name: string, initial: T): ReadonlySignal<T>;
  set<T>(name: string, value: T): void;
  /** Settles when the remembered choices are in place, or can't be had. */
  readonly loaded: Promise<void>;
}

/** A remembered value of another type than the default was written by another version: ignored. */
function fits(value: unknown, initial: unknown): boolean {
  if (initial === undefined) return value !== undefined;
  return typeof value === typeof initial && Array.isArray(value) === Array.isArray(initial);
}

export function createPreferences(
  host: Pick<ViewHost, "loadPreferences" | "savePreference">,
): Preferences {
  const choices = new Map<string, Signal<unknown>>();
  const chosen = new Set<string>();
  let remembered: Record<string, unknown> = {};

  const loaded = host.loadPreferences().then(
    (values) => {
      remembered = values;
      for (const [name, choice] of choices) {
        if (!chosen.has(name) && fits(values[name], choice.peek())) choice.value = values[name];
      }
    },
    // Without them the view has its defaults, and works.
    () => undefined,
  );

  function at<T>(name: string, initial: T): Signal<T> {
    let choice = choices.get(name);
    if (!choice) {
      choice = signal(fits(remembered[name], initial) ? remembered[name] : initial);
      choices.set(name, choice);
    }
    return choice as Signal<T>;
  }

  return {
    get: at,
    set(name, value) {
      chosen.add(name);
      at(name, value).value = value;
      host.savePreference(name, value);
    },
    loaded,
  };
}
