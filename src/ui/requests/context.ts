/** The store of requests, for whatever stands in the view. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { RequestsStore } from "../store/requests.ts";

export const RequestsContext = createContext<RequestsStore | undefined>(undefined);

export function useRequests(): RequestsStore {
  const requests = useContext(RequestsContext);
  if (!requests) throw new Error("This component must stand in the view of requests");
  return requests;
}
