/** Completion in CodeMirror: `offersAt`, with names from whoever may ask the server for them. */
import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
} from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import type { Schema } from "../../../session/schema.ts";
import { type Language, type Offer, offersAt } from "./completion.ts";

/** Who knows the names of a session's tables and fields. */
export interface Completions {
  /** What is known now, without asking. */
  known(): Schema | undefined;
  /**
   * Asks the server, unless that is known or may not be. Never rejects.
   * @param pressed a person pressed the key for it, and didn't just type
   */
  load(pressed: boolean): Promise<void>;
}

/** Milliseconds that the list waits for names before it opens without them. */
const PATIENCE = 300;
/** Characters around the cursor that the list is made from. */
const NEAR = 4_000;

export function codeCompletion(
  language: Language,
  completions: () => Completions | undefined,
): Extension {
  function now({ state, pos }: CompletionContext, explicit: boolean): CompletionResult | null {
    const before = state.sliceDoc(Math.max(0, pos - NEAR), pos);
    const after = state.sliceDoc(pos, pos + NEAR);
    const { typed, offers } = offersAt(before, after, completions()?.known(), language);
    if (offers.length === 0 || (typed === 0 && !explicit)) return null;
    return {
      from: pos - typed,
      options: offers.map(optionOf),
      filter: false,
      update: (_, __, ___, context) => now(context, explicit),
    };
  }

  async function source(context: CompletionContext): Promise<CompletionResult | null> {
    const { state, pos, explicit } = context;
    if (WITHOUT.has(syntaxTree(state).resolveInner(pos, -1).name)) return null;
    if (!explicit && !/[\p{L}\p{N}_$`:]/u.test(state.sliceDoc(pos - 1, pos))) return null;
    const names = completions()?.load(explicit);
    await Promise.race([names, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
    return context.aborted ? null : now(context, explicit);
  }

  return autocompletion({
    override: [source],
    icons: false,
    optionClass: ({ type }) => `sy-code-offer-${type}`,
  });
}

/** In these nothing is completed. */
const WITHOUT = new Set(["String", "FormatString", "Comment", "BlockComment", "Regex", "Number"]);

function optionOf({ text, kind, of }: Offer) {
  return { label: text, type: kind, detail: of ?? (kind === "keyword" ? undefined : kind) };
}
