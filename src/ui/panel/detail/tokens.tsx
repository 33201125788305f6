/** The session's tokens: covered until asked for, copied without being shown, gone when folded. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useAction } from "../../components/action.ts";
import { Button } from "../../components/button.tsx";
import { ErrorNote } from "../../components/error-note.tsx";
import { type AnySession, isPageSession } from "../../store/any-session.ts";
import { useStore } from "../../store/context.ts";
import { Cover } from "./cover.tsx";

interface Pair {
  access?: string;
  refresh?: string;
}

const ACCESS = { name: "access", text: "Access token" } as const;
const REFRESH = { name: "refresh", text: "Refresh token" } as const;

export function Tokens({ session }: { session: AnySession }): JSX.Element {
  const store = useStore();
  const asking = useAction();
  const shown = useSignal<Pair | undefined>(undefined);
  const { key } = session;
  // The refresh token of a page stays in the page.
  const kinds = isPageSession(session) ? [ACCESS] : [ACCESS, REFRESH];

  const fetchTokens = () => store.call("session.tokens", { key });

  return (
    <div data-disclosure="tokens">
      <div class="sy-tokens">
        <span>Tokens</span>
        <Cover
          covered={shown.value === undefined}
          onToggle={() =>
            asking.run(async () => {
              shown.value = shown.value === undefined ? await fetchTokens() : undefined;
            })
          }
        />
        <Button
          icon="copy"
          label="Copy the access token"
          onClick={() =>
            asking.run(async () => {
              const { access } = await fetchTokens();
              if (access === undefined) throw new Error("This session has no access token.");
              await store.copy(access, "Access token");
            })
          }
        />
      </div>
      {shown.value && (
        <dl class="sy-facts sy-token-values">
          {kinds.map(({ name, text }) => {
            const token = shown.value?.[name];
            return (
              <>
                <dt key={`${name}-name`}>{text}</dt>
                <dd key={name}>
                  {token === undefined ? (
                    <span class="sy-dim">none</span>
                  ) : (
                    <>
                      <span class="sy-mono">{token}</span>
                      <Button
                        icon="copy"
                        label={`Copy this ${text.toLowerCase()}`}
                        onClick={() => asking.run(() => store.copy(token, text))}
                      />
                    </>
                  )}
                </dd>
              </>
            );
          })}
        </dl>
      )}
      <ErrorNote error={asking.error} onDismiss={asking.clear} />
    </div>
  );
}
