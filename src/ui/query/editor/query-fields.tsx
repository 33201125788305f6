/** What is written to be run: a statement with its variables, or the arguments of another method. */
import type { JSX, Ref } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "../../components/icon.tsx";
import type { AnySession } from "../../store/any-session.ts";
import { useStore } from "../../store/context.ts";
import { METHODS } from "../methods.ts";
import type { QueryState } from "../query-state.ts";
import type { Completions } from "./code-completion.ts";
import { CodeEditor, type CodeHandle } from "./code-editor.tsx";
import type { CodeMemory } from "./code-mirror.ts";
import { type Problem, useRunProblems } from "./run-problems.ts";
import { schemaNames } from "./schema-names.ts";

const memories = new WeakMap<
  QueryState,
  Record<"statement" | "variables" | "arguments", CodeMemory>
>();

/** The view goes and comes; what can be undone in it stays as long as what is written. */
function memoriesOf(state: QueryState) {
  let found = memories.get(state);
  if (!found) {
    found = { statement: {}, variables: {}, arguments: {} };
    memories.set(state, found);
  }
  return found;
}

export interface QueryFieldsProps {
  state: QueryState;
  /** Who may be asked for names: those chosen that can run something now. */
  askable: readonly AnySession[];
  handle: Ref<CodeHandle>;
}

export function QueryFields({ state, askable, handle }: QueryFieldsProps): JSX.Element | null {
  const store = useStore();
  const method = state.method.value;
  const example = METHODS.find((each) => each.name === method)?.example;
  const problems = useRunProblems(state.latest);
  const completions = schemaNames(store).of(askable);
  const common = { completions, announce: store.announce };

  if (method === "query") {
    return (
      <>
        <CodeEditor
          key="statement"
          handle={handle}
          memory={memoriesOf(state).statement}
          label="Statement"
          placeholder={example}
          language="statement"
          rows={6}
          value={state.text.value}
          onInput={(value) => {
            state.text.value = value;
          }}
          problems={problems.text}
          {...common}
        />
        <Variables state={state} problems={problems.bindings} {...common} />
      </>
    );
  }
  if (example === undefined) return null;
  return (
    <CodeEditor
      key="arguments"
      handle={handle}
      memory={memoriesOf(state).arguments}
      label={`Arguments of ${method}, an array`}
      placeholder={example}
      language="value"
      rows={3}
      value={state.args.value}
      onInput={(value) => {
        state.args.value = value;
      }}
      problems={problems.text}
      {...common}
    />
  );
}

interface VariablesProps {
  state: QueryState;
  problems: readonly Problem[];
  completions: Completions;
  announce: (text: string) => void;
}

function Variables({ state, ...editor }: VariablesProps): JSX.Element {
  const pane = useRef<HTMLDetailsElement>(null);
  const used = state.bindings.value.trim() !== "";
  const wrong = editor.problems.length > 0;
  useLayoutEffect(() => {
    // What is sent is seen; what a person emptied stays as it is.
    if (pane.current && (used || wrong)) pane.current.open = true;
  }, [used, wrong]);
  return (
    <details ref={pane} class="sy-query-bindings">
      <summary>
        <Icon name="chevron" size={14} />
        Variables
        {used && <span class="sy-dim"> · sent with the query</span>}
      </summary>
      <CodeEditor
        memory={memoriesOf(state).variables}
        label="Variables, an object"
        placeholder={'{ name: "x", since: time::now() - 1d }'}
        language="value"
        rows={2}
        value={state.bindings.value}
        onInput={(value) => {
          state.bindings.value = value;
        }}
        {...editor}
      />
    </details>
  );
}
