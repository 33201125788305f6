/** The log and all that is set for it, for whatever stands in this view. */
import { useStore } from "../store/context.ts";
import type { RequestsStore } from "../store/requests.ts";

export function useRequests(): RequestsStore {
  return useStore().requests;
}
