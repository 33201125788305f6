/**
 * Whether the page runs as a web session now, and why it can't where it can't. For web sessions it is
 * what the server's word is for others: how things really are.
 */
import type { JSX } from "preact";
import type { WebSessionView } from "../../../web/web-model.ts";
import { useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { ErrorNote } from "../../components/error-note.tsx";
import { Icon } from "../../components/icon.tsx";
import { useStore } from "../../store/context.ts";
import { isInPage, pageTwin } from "../../store/web.ts";
import { siteName } from "../../words/routes.ts";
import { isOver } from "../../words/web.ts";

/** Nothing for one that is over. */
export function InPage({ session }: { session: WebSessionView }): JSX.Element | null {
  const store = useStore();
  const looking = useAction();
  if (isOver(session.status)) return null;
  const twin = pageTwin(store.web, session);
  const runs = isInPage(store.web, session);
  const saved = session.holder === "extension";
  const other = store.web.ofPage.all.value.find(
    (each) => each.current && each.origin === session.origin && each.kind === session.kind,
  );
  const why = session.operations.switch;
  return (
    <>
      <div
        class={`sy-truth sy-truth-${runs ? "agrees" : "unchecked"}`}
        data-in-page={runs ? "yes" : "no"}
      >
        <div class="sy-truth-text">
          {runs ? (
            <>
              In the page now: <b>{siteName(session.origin)}</b>{" "}
              <span class="sy-web-runs">
                runs as it <Icon name="check" size={14} />
              </span>
            </>
          ) : (
            <>
              {twin ? (
                <>
                  The page has it, and runs as <b>{other?.label ?? "nobody"}</b>.
                </>
              ) : typeof why === "string" ? (
                "Saved."
              ) : (
                <>
                  Saved. It fits <b>{session.origin}</b>.
                </>
              )}
              {typeof why === "string" && <span data-why="switch"> {why}</span>}
            </>
          )}
        </div>
        <div class="sy-truth-actions">
          {saved && twin && (
            <Button onClick={() => store.select(twin.key)}>Show it in the page</Button>
          )}
          {!saved && (
            <Button
              title="Looks at the page at once; nothing is asked or changed"
              onClick={() => looking.run(() => store.call("web.look", {}))}
            >
              Look again
            </Button>
          )}
        </div>
      </div>
      <ErrorNote error={looking.error} onDismiss={looking.clear} />
    </>
  );
}
