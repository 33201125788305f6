/** The names that a session may see at the server: what pickers offer. Asked for when one opens. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { SessionKey } from "../../session/model.ts";
import { toErrorView } from "../components/action.ts";
import { useStore } from "../store/context.ts";

export interface Names {
  /** Each undefined while it isn't known: not asked yet, or the server doesn't let this session look. */
  readonly namespaces: readonly string[] | undefined;
  readonly databases: readonly string[] | undefined;
  readonly tables: readonly string[] | undefined;
  /** Why nothing could be asked; not an answer to anything the person did, so it stays a hint. */
  readonly failure: string | undefined;
  reload(): void;
}

interface Known {
  namespaces?: readonly string[];
  databases?: readonly string[];
  tables?: readonly string[];
  failure?: string;
}

/**
 * @param key whom to ask as; undefined: nobody can be asked
 * @param namespace whose databases are wanted; undefined: those of the session's own
 * @param version anything that changes when the names may have (who is signed in, where)
 */
export function useNames(
  key: SessionKey | undefined,
  namespace: string | undefined,
  version = "",
): Names {
  const store = useStore();
  const known = useSignal<Known>({});
  const turn = useSignal(0);
  const asked = useRef<string | undefined>(undefined);

  useEffect(() => {
    if (key === undefined) return;
    let current = true;
    // While a name is being typed nothing is asked: the databases of half a name aren't wanted.
    const typing = asked.current !== undefined && asked.current !== namespace;
    asked.current = namespace;
    const timer = setTimeout(
      async () => {
        try {
          const names = await store.call("session.names", { key, namespace });
          if (current) known.value = names;
        } catch (error) {
          if (current) known.value = { failure: toErrorView(error).message };
        }
      },
      typing ? 150 : 0,
    );
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [key, namespace, version, turn.value]);

  const { namespaces, databases, tables, failure } = known.value;
  return {
    namespaces,
    databases,
    tables,
    failure,
    reload: () => {
      turn.value++;
    },
  };
}
