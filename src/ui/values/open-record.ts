/**
 * How a record id that is shown is opened: by whoever knows in which session to ask. Without it, record
 * ids are text.
 */
import { createContext } from "preact";
import type { RecordId } from "surrealdb";

/** @param path where it stands within the tree's value, as `treePath` writes it */
export type OpenRecord = (id: RecordId, path: string) => void;

export const OpenRecordContext = createContext<OpenRecord | undefined>(undefined);
