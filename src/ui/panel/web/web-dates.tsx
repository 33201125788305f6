/** When a web session was made, used and changed, and when it and its token end. */
import type { JSX } from "preact";
import type { WebSessionView } from "../../../web/web-model.ts";
import { At } from "../../components/times.tsx";

const DATES = [
  ["createdAt", "Created"],
  ["lastActiveAt", "Last active"],
  ["updatedAt", "Updated"],
  ["tokenExpireAt", "Token ends"],
  ["expireAt", "Expires"],
  ["abandonAt", "Abandoned"],
] as const;

export function WebDates({ session }: { session: WebSessionView }): JSX.Element {
  const known = DATES.flatMap(([field, word]) => {
    const at = session[field];
    return at === undefined ? [] : [{ field, word, at }];
  });
  if (known.length === 0) return <p class="sy-dim sy-section-empty">None is known.</p>;
  return (
    <dl class="sy-facts">
      {known.map(({ field, word, at }) => (
        <>
          <dt key={`${field} word`}>{word}</dt>
          <dd key={field} data-field={field}>
            <span>
              <At at={at} />
            </span>
          </dd>
        </>
      ))}
    </dl>
  );
}
