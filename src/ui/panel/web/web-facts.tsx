/** Fields beyond those of every session, by the names that their system gives them. */
import type { JSX } from "preact";
import type { WebFact } from "../../../web/web-model.ts";
import { At } from "../../components/times.tsx";

/** True for the fact that stands beside the tokens, since it says how they are protected. */
export function isAntiCsrf({ name }: WebFact): boolean {
  return /^anti-?csrf/i.test(name);
}

export function WebFacts({ facts }: { facts: readonly WebFact[] }): JSX.Element {
  return (
    <dl class="sy-facts sy-web-facts">
      {facts.map((fact) => (
        <>
          <dt key={`${fact.name} name`} title={fact.name}>
            {fact.name}
          </dt>
          <dd key={fact.name} data-fact={fact.name}>
            <span>
              {fact.isTime && typeof fact.value === "number" ? (
                <At at={fact.value} />
              ) : (
                String(fact.value)
              )}
            </span>
          </dd>
        </>
      ))}
    </dl>
  );
}
