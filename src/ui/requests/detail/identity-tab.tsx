/** Who a request ran as and where, when it was sent; and on which socket of which frame. */
import type { ComponentChildren, JSX } from "preact";
import type { RequestEntry } from "../../../session/log/log-entry.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { useStore } from "../../store/context.ts";
import { byteSize } from "../../values/sizes.ts";
import { placeWord, userWord } from "../../words/identity.ts";
import { frameName } from "../../words/page.ts";
import { type SessionName, userThen } from "../session-names.ts";
import { exactMoment, formatWord, SENT_AGAIN } from "../words.ts";

export function IdentityTab(props: { entry: RequestEntry; name: SessionName }): JSX.Element {
  const store = useStore();
  const { entry, name } = props;
  const { as } = entry;
  const session = as && store.session(as.sessionKey);
  const socket = store.page.socket(entry.socketKey);
  const frame = store.page.frame(entry.documentId);
  const changed =
    session && as && (userWord(session) !== userThen(as) || placeWord(session) !== placeWord(as));
  return (
    <dl class="sy-facts sy-identity">
      <Fact name="Session">
        <Badge label={name.label} colour={name.colour} />
        <span>{name.label}</span>
        {session ? (
          <Button
            onClick={() => {
              store.select(session.key);
              store.view.value = "sessions";
              store.front.value = "detail";
            }}
          >
            Go to session
          </Button>
        ) : (
          <span class="sy-dim">It is no more.</span>
        )}
      </Fact>
      {entry.relayed && (
        <Fact name="Ran as">
          <span title="Relayed by way of a route: the page's own socket never carried it">
            {name.label} ⇄, as this tab did then. The page's own session had no part in it.
          </span>
        </Fact>
      )}
      <Fact name="User">
        <span class="sy-mono">{userThen(as)}</span>
      </Fact>
      <Fact name="Ran in">
        <span class="sy-mono">{placeWord(as ?? {})}</span>
      </Fact>
      {changed && (
        <Fact name="Now">
          <span class="sy-dim">
            {userWord(session)} in {placeWord(session)}
          </span>
        </Fact>
      )}
      {as?.sessionId !== undefined && (
        <Fact name="Session id">
          <span class="sy-mono">{as.sessionId}</span>
        </Fact>
      )}
      {entry.txn !== undefined && (
        <Fact name="Transaction">
          <span class="sy-mono">{entry.txn}</span>
        </Fact>
      )}
      <Fact name="Sent">
        <span>
          {exactMoment(entry.at, Date.now())} by{" "}
          {entry.by === "you" ? "you, from Switchyard" : "the page"}
          {entry.again && <span class="sy-dim"> · {SENT_AGAIN}</span>}
        </span>
      </Fact>
      <Fact name="Request id">
        <span class="sy-mono">{entry.id}</span>
      </Fact>
      <Fact name="Socket">
        <span>
          {socket && <span class="sy-mono">{socket.url} · </span>}
          {formatWord(entry.format)}
          {entry.generation > 0 && ` · after ${entry.generation} ${reconnects(entry.generation)}`}
        </span>
      </Fact>
      <Fact name="Bytes">
        <span>
          {byteSize(entry.bytesSent)} sent
          {entry.bytesReceived !== undefined && `, ${byteSize(entry.bytesReceived)} received`}
        </span>
      </Fact>
      {frame && (
        <Fact name="Frame">
          <span>
            {frameName(frame)}
            {!frame.top && <span class="sy-dim"> · inside the page</span>}
          </span>
        </Fact>
      )}
    </dl>
  );
}

function reconnects(times: number): string {
  return times === 1 ? "reconnect" : "reconnects";
}

function Fact({ name, children }: { name: string; children: ComponentChildren }): JSX.Element {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
