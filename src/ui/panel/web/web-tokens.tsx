/**
 * Where each token of a web session is kept. Its value is covered until it is asked for, and again when
 * the session is left or its tokens are renewed.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { SessionKey } from "../../../session/model.ts";
import type { WebSessionView, WebTokenView } from "../../../web/web-model.ts";
import { useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { ErrorNote } from "../../components/error-note.tsx";
import { useStore } from "../../store/context.ts";
import { Cover } from "../detail/cover.tsx";

/** Nothing where there are no tokens. */
export function WebTokens({ session }: { session: WebSessionView }): JSX.Element | null {
  if (session.tokens.length === 0) return null;
  return (
    <ul class="sy-web-tokens" aria-label="Tokens">
      {session.tokens.map((token) => (
        <Token key={token.name} sessionKey={session.key} token={token} />
      ))}
    </ul>
  );
}

interface TokenProps {
  sessionKey: SessionKey;
  token: WebTokenView;
}

function Token({ sessionKey, token }: TokenProps): JSX.Element {
  const store = useStore();
  const asking = useAction();
  const shown = useSignal<string | undefined>(undefined);
  const { name, title, place, present, unseen } = token;

  async function reveal(): Promise<string> {
    const { value } = await store.call("web.reveal", { key: sessionKey, token: name });
    if (value === undefined) throw new Error(`There is no ${title.toLowerCase()} any more.`);
    return value;
  }

  return (
    <li
      class="sy-web-token"
      data-token={name}
      data-present={unseen === undefined ? present : "unseen"}
    >
      <span class="sy-web-token-title">{title}</span>
      <span class="sy-web-token-place sy-dim">{place}</span>
      {unseen !== undefined ? (
        <span class="sy-web-token-value sy-dim">Not to be seen: {unseen}</span>
      ) : !present ? (
        <span class="sy-web-token-value sy-dim">none</span>
      ) : (
        <span class="sy-web-token-value">
          <Cover
            covered={shown.value === undefined}
            onToggle={() =>
              asking.run(async () => {
                shown.value = shown.value === undefined ? await reveal() : undefined;
              })
            }
          />
          <Button
            icon="copy"
            label={`Copy the ${title.toLowerCase()}`}
            onClick={() => asking.run(async () => store.copy(await reveal(), title))}
          />
        </span>
      )}
      {shown.value !== undefined && <code class="sy-web-token-text sy-mono">{shown.value}</code>}
      <ErrorNote error={asking.error} onDismiss={asking.clear} />
    </li>
  );
}
