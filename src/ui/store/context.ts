/** The store, for every component of the panel, without handing it through each. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { PanelStore } from "./store.ts";

export const StoreContext = createContext<PanelStore | undefined>(undefined);

/** The panel's store. Throws outside of a panel, which is a mistake in the program. */
export function useStore(): PanelStore {
  const store = useContext(StoreContext);
  if (!store) throw new Error("useStore was called outside of a panel");
  return store;
}
