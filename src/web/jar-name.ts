/**
 * Names the cookies of a host in one cookie store. They know no ports: pages of all its ports, in all
 * tabs, share them, and so whatever session is in them.
 */
export function jarName(storeId: string, origin: string): string {
  return `${storeId} ${new URL(origin).hostname}`;
}
