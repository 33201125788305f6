/**
 * Secrets in an opened entry: covered until the person asks for one of them, and again when the entry
 * is closed.
 */
import type { JSX } from "preact";
import { COVERED, type CoveredSecret } from "../../../session/log/log-entry.ts";
import { Button } from "../../components/button.tsx";
import type { RequestsStore } from "../../store/requests.ts";
import { treePath } from "../../values/tree-rows.ts";
import { useRequests } from "../use-requests.ts";

type Where = CoveredSecret["where"];

function isUnder(path: CoveredSecret["path"], root: readonly (string | number)[]): boolean {
  return root.length <= path.length && root.every((key, index) => path[index] === key);
}

/**
 * Those of a value that is shown as a tree, for the tree. Undefined where there are none.
 * @param root where the tree's value stands within the parameters or the result
 */
export function coveredUnder(
  requests: Pick<RequestsStore, "uncover">,
  covered: readonly CoveredSecret[],
  where: Where,
  root: readonly (string | number)[],
): ReadonlyMap<string, () => void> | undefined {
  const found = new Map<string, () => void>();
  for (const { where: there, path, key } of covered) {
    if (there !== where || !isUnder(path, root)) continue;
    const row = treePath(path.slice(root.length));
    const others = found.get(row);
    found.set(row, () => {
      others?.();
      requests.uncover(key);
    });
  }
  return found.size === 0 ? undefined : found;
}

/** Those in a text, which has no rows to show them in: one line for each. */
export function CoveredInText(props: {
  covered: readonly CoveredSecret[];
  where: Where;
  root: readonly (string | number)[];
}): JSX.Element | null {
  const requests = useRequests();
  const here = props.covered.filter(
    ({ where, path }) => where === props.where && isUnder(path, props.root),
  );
  if (here.length === 0) return null;
  return (
    <ul class="sy-covered">
      {here.map(({ key }, index) => (
        <li key={key}>
          <span class="sy-dim">
            {COVERED} {here.length === 1 ? "A secret" : `Secret ${index + 1}`} in this text is
            covered.
          </span>
          <Button variant="quiet" onClick={() => requests.uncover(key)}>
            Show
          </Button>
        </li>
      ))}
    </ul>
  );
}
