/** Who may use the page API, kept in IndexedDB, one record an origin. */
import { type AccessRecord, type AccessStore, type Grant, isWebOrigin } from "./api-grants.ts";
import type { KeptValues } from "./storage.ts";
import { listOf, number, optional, shape, text } from "./stored-data.ts";

const KEPT = "access";

const isGrant = shape<Grant>({ id: text, session: text, at: number });
const isRecord = shape<AccessRecord>({
  origin: (value) => typeof value === "string" && isWebOrigin(value),
  grants: listOf(isGrant),
  rejectedAt: optional(number),
});

export function createAccessStore(values: Pick<KeptValues, "value" | "saveValue">): AccessStore {
  const records = new Map<string, AccessRecord>();
  const write = () => values.saveValue(KEPT, [...records.values()]);
  return {
    async load() {
      const stored = await values.value(KEPT);
      records.clear();
      for (const record of Array.isArray(stored) ? Array.from(stored) : []) {
        if (isRecord(record)) records.set(record.origin, record);
      }
      return [...records.values()];
    },
    save(record) {
      records.set(record.origin, record);
      return write();
    },
    remove(origin) {
      records.delete(origin);
      return write();
    },
  };
}
