/**
 * A new session: of SurrealDB, or of the page's web sign-in where the application has one that new
 * sessions can be made through.
 */
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import type { WebSiteView } from "../../../web/web-model.ts";
import { Field, Select } from "../../components/field.tsx";
import { useStore } from "../../store/context.ts";
import type { PanelStore } from "../../store/store.ts";
import { siteName } from "../../words/routes.ts";
import { systemName } from "../../words/web.ts";
import { NewSurrealSession } from "./new-surreal-session.tsx";
import { WebSignInForm } from "./web-sign-in-form.tsx";

export interface NewSessionPageProps {
  back: ComponentChildren;
  connectionId?: string;
  /** Through the application that the page shows of this origin. */
  signIn?: string;
}

const SURREAL = "surrealdb";

export function NewSessionPage(props: NewSessionPageProps): JSX.Element {
  const { back, connectionId, signIn } = props;
  const store = useStore();
  const ways = waysToSignIn(store.web.sites.value);
  const usual = ways.find(({ site }) => site.holder.origin === (signIn ?? likelyOrigin(store)));
  const chosen = useSignal(connectionId === undefined ? (usual?.value ?? SURREAL) : SURREAL);
  const way = ways.find(({ value }) => value === chosen.value);
  return (
    <div class="sy-page" data-page="new-session" data-way={way ? "web" : SURREAL}>
      <div class="sy-page-head">
        {back}
        <h1>New session</h1>
      </div>
      <div class="sy-page-body">
        {ways.length > 0 && (
          <div class="sy-form">
            <Field label="Which">
              {({ id }) => (
                <Select
                  id={id}
                  value={way?.value ?? SURREAL}
                  options={[
                    { value: SURREAL, text: "A SurrealDB session of your own" },
                    ...ways.map(({ value, text }) => ({ value, text })),
                  ]}
                  onChange={(next) => {
                    chosen.value = next;
                  }}
                />
              )}
            </Field>
          </div>
        )}
        {way ? (
          <WebSignInForm key={way.value} site={way.site} kind={way.kind} />
        ) : (
          <NewSurrealSession connectionId={connectionId} />
        )}
      </div>
    </div>
  );
}

/** Systems of the page that sign in through the application, each with its site. */
function waysToSignIn(sites: readonly WebSiteView[]) {
  return sites.flatMap((site) =>
    site.systems
      .filter(({ signsIn }) => signsIn)
      .map(({ kind }) => {
        const { origin } = site.holder;
        const where =
          sites.length > 1 ? `${systemName(kind)}, ${siteName(origin)}` : systemName(kind);
        return {
          value: `${kind} ${origin}`,
          text: `Sign in through the application (${where})`,
          site,
          kind,
        };
      }),
  );
}

/** Who looks at a web session, or has no server to make others on, most likely means another of these. */
function likelyOrigin({ web, selectedKey, connections, page }: PanelStore): string | undefined {
  const selected = selectedKey.peek();
  const session = selected === undefined ? undefined : web.get(selected);
  if (session) return session.origin;
  const surreal = connections.all.value.length > 0 || page.sessions.keys.value.length > 0;
  return surreal ? undefined : web.sites.value[0]?.holder.origin;
}
