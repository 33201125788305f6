/** All about one web session on one scrolling page, of the page or saved. */
import "../detail/detail.css";
import "./web-session.css";
import type { ComponentChildren, JSX } from "preact";
import { Section } from "../../components/section.tsx";
import { useStore } from "../../store/context.ts";
import { pageCondition } from "../../store/page-condition.ts";
import { ValueTree } from "../../values/value-tree.tsx";
import { History } from "../detail/history.tsx";
import { PageState } from "../page-states.tsx";
import { WebDates } from "./web-dates.tsx";
import { isAntiCsrf, WebFacts } from "./web-facts.tsx";
import { WebHeader } from "./web-header.tsx";
import { WebSignInSection } from "./web-sign-in-section.tsx";

export interface WebSessionPageProps {
  sessionKey: string;
  /** The way back to the list, where there is no room for both. */
  back: ComponentChildren;
  /** The history stands in a column of its own. */
  wide: boolean;
}

export function WebSessionPage({ sessionKey, back, wide }: WebSessionPageProps): JSX.Element {
  const session = useStore().web.get(sessionKey);
  if (!session) return <NotThere back={back} />;
  const facts = session.facts.filter((fact) => !isAntiCsrf(fact));
  return (
    <main
      class="sy-page"
      data-page="web-session"
      data-session-page={session.key}
      data-web={session.kind}
    >
      <WebHeader session={session} back={back} />
      <WebSignInSection session={session} />
      {session.tasks && session.tasks.length > 0 && (
        <Section id="tasks" title="Tasks" count={session.tasks.length}>
          <ul class="sy-web-tasks">
            {session.tasks.map((task) => (
              <li key={task}>{task}</li>
            ))}
          </ul>
        </Section>
      )}
      {session.claims && (
        <Section id="claims" title="Claims">
          <ValueTree value={session.claims} label="Claims" />
        </Section>
      )}
      {facts.length > 0 && (
        <Section id="more-fields" title="More fields">
          <WebFacts facts={facts} />
        </Section>
      )}
      <Section id="dates" title="Dates">
        <WebDates session={session} />
      </Section>
      {!wide && (
        <Section id="history" title="History">
          <History sessionKey={session.key} />
        </Section>
      )}
    </main>
  );
}

/** The page was reloaded or left, or it has another session now. */
function NotThere({ back }: { back: ComponentChildren }): JSX.Element {
  const condition = pageCondition(useStore().page);
  return (
    <main class="sy-page" data-page="gone">
      {back && <div class="sy-page-head">{back}</div>}
      <div class="sy-empty">
        <p>The page hasn't got this session now. It is shown when it is back.</p>
        {condition !== undefined && condition !== "waiting" && <PageState condition={condition} />}
      </div>
    </main>
  );
}
