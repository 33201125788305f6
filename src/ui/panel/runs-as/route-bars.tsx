/**
 * What a person should know of whom the tab runs as: a bar each, only when it is true, with what can
 * be done about it. Above them stands what is asked before a switch.
 */
import "./route-bars.css";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { RouteLeftover, RouteNotice, RouteView } from "../../../session/relay/route-model.ts";
import { type Action, useAction } from "../../components/action.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { ErrorNote } from "../../components/error-note.tsx";
import { useStore } from "../../store/context.ts";
import { SwitchQuestion } from "../../switcher/switch-question.tsx";
import { serverName } from "../../words/page.ts";
import { leftoverSentence, OWN_SESSION, siteName } from "../../words/routes.ts";
import { Bar, ReloadPage } from "../bar.tsx";
import { Leftovers } from "./leftovers.tsx";
import { answerSwitch, runTabAsItself } from "./run-tab-as.tsx";

export function RouteBars(): JSX.Element {
  const store = useStore();
  const { current, frames, leftovers } = store.routes;
  const route = current.value;
  const reloads =
    leftovers.value.length > 0 || route?.notices.some(({ kind }) => RELOADS.includes(kind));
  return (
    <div class="sy-banners sy-route-bars" aria-live="polite">
      <SwitchQuestion routes={store.routes} onAnswer={(word) => answerSwitch(store, word)} />
      {route && <BarsOf key={`${route.origin} ${route.since}`} route={route} />}
      {leftovers.value.length > 0 && <Abandoned leftovers={leftovers.value} />}
      {!reloads && <Outdated />}
      {frames.value.map((frame) => (
        <FrameBar key={`${frame.origin} ${frame.since}`} route={frame} />
      ))}
    </div>
  );
}

/** What goes on in sessions that nothing is routed to any more. */
function Abandoned({ leftovers }: { leftovers: readonly RouteLeftover[] }): JSX.Element {
  const { routes } = useStore();
  const action = useAction();
  return (
    <>
      <LeftoverBar
        leftovers={leftovers}
        action={action}
        onDismiss={() => routes.dismissLeftovers()}
      />
      <ErrorNote error={action.error} onDismiss={action.clear} />
    </>
  );
}

/** Notices that offer to reload the page themselves. */
const RELOADS: readonly RouteNotice["kind"][] = ["needs-reload", "reload-advised"];

/** What is on the page's screen was loaded as somebody else. */
function Outdated(): JSX.Element | null {
  const { routes, sessions } = useStore();
  const action = useAction();
  const outdated = routes.outdated.value;
  if (!outdated) return null;
  const { to } = outdated;
  const name =
    to === undefined
      ? "the page's own session"
      : (sessions.get(to).value?.label ?? "another session");
  return (
    <>
      <Bar
        kind="outdated"
        tone="plain"
        actions={<ReloadPage action={action} />}
        onDismiss={() => routes.dismissOutdated()}
      >
        Requests now run as {name}. What the page has loaded already is from before.
      </Bar>
      <ErrorNote error={action.error} onDismiss={action.clear} />
    </>
  );
}

/** Notices in the order of their weight: what fails first, then what is merely otherwise. */
const ORDER: readonly RouteNotice["kind"][] = [
  "cannot-serve",
  "choose-again",
  "unreadable-socket",
  "needs-reload",
  "reload-advised",
  "workers",
  "page-selected",
  "page-signed-in",
  "variables",
];

/** By weight. Transactions that are left over are said too, though no reload is advised for them. */
function noticesOf({ notices, leftovers }: RouteView): RouteNotice[] {
  const onlyTransactions =
    leftovers.length > 0 && leftovers.every(({ kind }) => kind === "transaction");
  const others = notices.filter(({ kind }) => kind !== "reload-advised" || !onlyTransactions);
  const all: RouteNotice[] = onlyTransactions ? [...others, { kind: "reload-advised" }] : others;
  return all.toSorted((one, other) => ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind));
}

function BarsOf({ route }: { route: RouteView }): JSX.Element {
  const action = useAction();
  return (
    <>
      {noticesOf(route).map((notice) => (
        <NoticeBar
          // There may be several sockets that can't be read.
          key={notice.kind === "unreadable-socket" ? notice.url : notice.kind}
          route={route}
          notice={notice}
          action={action}
        />
      ))}
      <ErrorNote error={action.error} onDismiss={action.clear} />
    </>
  );
}

function BackToItself(): JSX.Element {
  const store = useStore();
  return <Button onClick={() => runTabAsItself(store)}>{OWN_SESSION}</Button>;
}

interface LeftoverBarProps {
  /** At least one. */
  leftovers: readonly RouteLeftover[];
  action: Action;
  onDismiss: () => unknown;
}

function LeftoverBar({ leftovers, action, onDismiss }: LeftoverBarProps): JSX.Element | null {
  const showing = useSignal(false);
  const dismissed = useSignal(false);
  if (dismissed.value) return null;
  return (
    <>
      <Bar
        kind="leftovers"
        onDismiss={() => {
          dismissed.value = true;
          return onDismiss();
        }}
        actions={
          <>
            <ReloadPage action={action} />
            <Button
              expanded={showing.value}
              onClick={() => {
                showing.value = !showing.value;
              }}
            >
              {showing.value ? "Hide" : "Show"}
            </Button>
          </>
        }
      >
        {leftoverSentence(leftovers)}
      </Bar>
      {showing.value && <Leftovers leftovers={leftovers} />}
    </>
  );
}

interface NoticeBarProps {
  route: RouteView;
  notice: RouteNotice;
  action: Action;
}

function NoticeBar({ route, notice, action }: NoticeBarProps): JSX.Element {
  const store = useStore();
  const { kind } = notice;
  const name = store.sessions.get(route.to).value?.label ?? "the chosen session";
  const dismiss = () => action.run(() => store.call("route.dismiss", { kind }));
  switch (notice.kind) {
    case "needs-reload":
      return (
        <Bar kind={kind} actions={<ReloadPage action={action} />} onDismiss={dismiss}>
          Parts of this page were opened before Switchyard was installed or enabled. They run as{" "}
          {name} once the page is reloaded.
        </Bar>
      );
    case "reload-advised":
      return route.leftovers.length > 0 ? (
        <LeftoverBar leftovers={route.leftovers} action={action} onDismiss={dismiss} />
      ) : (
        <Bar kind={kind} tone="plain" actions={<ReloadPage action={action} />} onDismiss={dismiss}>
          From now on requests run as {name}. What the page has loaded already is from before.
        </Bar>
      );
    case "cannot-serve":
      return (
        <Bar
          kind={kind}
          tone="bad"
          actions={
            <>
              <Button
                onClick={() => {
                  store.select(route.to);
                  store.view.value = "sessions";
                  store.front.value = "detail";
                }}
              >{`Go to ${name}`}</Button>
              <BackToItself />
            </>
          }
        >
          This tab runs as {name}, who can't serve it: {notice.reason} The page's requests fail;
          nothing of them is sent.
        </Bar>
      );
    case "page-selected":
      return (
        <Bar
          kind={kind}
          actions={
            <>
              <Button
                title={`${name} selects ${notice.place} too`}
                onClick={() => action.run(() => store.call("route.follow", {}))}
              >
                Follow
              </Button>
              <BackToItself />
            </>
          }
          onDismiss={dismiss}
        >
          The page selected {notice.place}; requests run <RunsIn route={route} name={name} />
        </Bar>
      );
    case "page-signed-in":
      return (
        <Bar kind={kind} actions={<BackToItself />} onDismiss={dismiss}>
          The page signed in as {notice.user} on its own session; requests still run as {name}.
        </Bar>
      );
    case "variables":
      return (
        <Bar
          kind={kind}
          actions={
            <Button onClick={() => action.run(() => store.call("route.copyVariables", {}))}>
              {`Copy page's variables to ${name}`}
            </Button>
          }
          onDismiss={dismiss}
        >
          The page has variables that {name} hasn't:{" "}
          <span class="sy-mono">{notice.names.map((each) => `$${each}`).join(", ")}</span>
        </Bar>
      );
    case "unreadable-socket":
      return (
        <Bar kind={kind} actions={<BackToItself />} onDismiss={dismiss}>
          The page's socket to {serverName(notice.url)} has a format that can't be read: its
          requests fail while all sessions of the page run as {name}.
        </Bar>
      );
    case "workers":
      return (
        <Bar kind={kind} onDismiss={dismiss}>
          This page runs web workers: what they ask SurrealDB runs as the page itself.
        </Bar>
      );
    case "choose-again":
      return (
        <Bar
          kind={kind}
          tone="bad"
          actions={
            <>
              <Button
                onClick={() => {
                  store.picking.value = true;
                }}
              >
                Choose again
              </Button>
              <BackToItself />
            </>
          }
        >
          After the reload “{notice.label}” can't be told from the page's other sessions. Its
          requests fail until you choose again which one runs as {name}.
        </Bar>
      );
  }
}

/** "in app/tenant_a as Bob." */
function RunsIn({ route, name }: { route: RouteView; name: string }): JSX.Element {
  const { sessions } = useStore();
  const session = sessions.get(route.to).value;
  const place =
    session?.namespace && [session.namespace, session.database].filter(Boolean).join("/");
  return (
    <>
      {place && `in ${place} `}as {name}.
    </>
  );
}

/** A frame of another origin that runs as somebody of its own. */
function FrameBar({ route }: { route: RouteView }): JSX.Element {
  const store = useStore();
  const session = store.sessions.get(route.to).value;
  const frame = store.page.frames.value.find(({ origin }) => origin === route.origin);
  const failing = route.notices.find((notice) => notice.kind === "cannot-serve");
  return (
    <Bar
      kind="frame"
      tone={failing ? "bad" : "plain"}
      actions={
        frame && (
          <Button onClick={() => runTabAsItself(store, frame.documentId)}>
            Frame's own session
          </Button>
        )
      }
    >
      <span class="sy-route-frame">
        The frame {siteName(route.origin)} runs as{" "}
        {session && <Badge label={session.label} colour={session.colour} />}{" "}
        {session?.label ?? "a session that is gone"}
        {failing ? `, who can't serve it: ${failing.reason}` : "."}
      </span>
    </Bar>
  );
}
