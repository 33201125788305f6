/** The part of the made-up worker that has the web sign-ins: it does what is asked, and tells the views. */
import type {
  CommandName,
  CommandParams,
  Snapshot,
  WorkerEvent,
} from "../../../src/messages/commands.ts";
import { CommandError } from "../../../src/messages/view-client.ts";
import { isOver } from "../../../src/ui/words/web.ts";
import {
  isSavedSessionKey,
  savedSessionKey,
  type WebPageView,
  type WebSessionView,
} from "../../../src/web/web-model.ts";
import { exampleWebHistory } from "./web-examples.ts";

export interface FakeWebParts {
  snapshot: Snapshot;
  emit(event: WorkerEvent): void;
}

export function createFakeWeb({ snapshot, emit }: FakeWebParts) {
  let page: WebPageView = snapshot.web ?? { sites: [], sessions: [], notices: [] };
  let saved: WebSessionView[] = snapshot.saved ?? [];

  const tellPage = (change: Partial<WebPageView>) => {
    page = { ...page, ...change };
    emit({ event: "web", web: page });
  };
  const tellSaved = (next: WebSessionView[]) => {
    saved = next;
    emit({ event: "saved", saved });
  };

  function find(key: string): WebSessionView {
    const found = [...page.sessions, ...saved].find((session) => session.key === key);
    if (found) return found;
    throw new CommandError({ name: "WebError", message: "There is no such session any more." });
  }

  function change(key: string, part: Partial<WebSessionView>) {
    find(key);
    const next = (all: WebSessionView[]) =>
      all.map((each) => (each.key === key ? { ...each, ...part } : each));
    if (isSavedSessionKey(key)) tellSaved(next(saved));
    else tellPage({ sessions: next(page.sessions) });
  }

  function switchTo(key: string) {
    const to = find(key);
    if (typeof to.operations.switch === "string") {
      throw new CommandError({ name: "WebError", message: to.operations.switch });
    }
    const others = page.sessions.map((each) => ({ ...each, current: each.key === key }));
    tellPage({
      sessions: others,
      notices: [
        {
          id: crypto.randomUUID(),
          origin: to.origin,
          tone: "done",
          text: `The page runs as ${to.label}.`,
          offer: "reload",
        },
      ],
    });
  }

  function answer(command: CommandName, raw: unknown): unknown {
    // Each case below reads the parameters of its own command.
    const { key } = raw as { key: string };
    switch (command) {
      case "web.switch":
        switchTo(key);
        return null;
      case "web.save": {
        const session = find(key);
        const made = savedSessionKey(crypto.randomUUID());
        tellSaved([...saved, { ...session, key: made, holder: "extension", savedAs: key }]);
        change(key, { savedAs: made });
        return { key: made };
      }
      case "web.touch":
        change(key, { lastActiveAt: Date.now() });
        return null;
      case "web.end":
        change(key, { status: "ended", cause: "You signed it out.", current: false });
        return null;
      case "web.remove":
        if (isSavedSessionKey(key)) tellSaved(saved.filter((each) => each.key !== key));
        else if (isOver(find(key).status)) {
          tellPage({ sessions: page.sessions.filter((each) => each.key !== key) });
        } else change(key, { status: "removed", cause: "You removed it.", current: false });
        return null;
      case "web.edit": {
        const { key: of, ...part } = raw as CommandParams<"web.edit">;
        change(of, part);
        return null;
      }
      case "web.signIn": {
        const { form } = raw as CommandParams<"web.signIn">;
        if (form.fields.every(({ value }) => value !== "wrong")) return {};
        throw new CommandError({
          name: "WebError",
          message:
            "The sign-in at /auth/signin answered WRONG_CREDENTIALS_ERROR. The page is as it was.",
          advice: "Look at the fields.",
        });
      }
      case "web.reveal":
        return { value: `eyJraWQiOiJkLTE3M${"x7Qa9".repeat(60)}` };
      case "web.history":
        return { entries: exampleWebHistory() };
      case "web.dismiss": {
        const { id } = raw as CommandParams<"web.dismiss">;
        tellPage({ notices: page.notices.filter((notice) => notice.id !== id) });
        return null;
      }
      case "web.look":
        return null;
      default:
        return undefined;
    }
  }

  return {
    /** Undefined: it is none of the commands about web sign-ins. */
    answer(command: CommandName, params: unknown): { result: unknown } | undefined {
      const result = answer(command, params);
      return result === undefined ? undefined : { result };
    },
  };
}
