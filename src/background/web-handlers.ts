/** The commands of views about web sign-ins, carried out. One line a command, as in `commands.ts`. */
import { InvalidRequestError } from "../session/errors.ts";
import type { WebOperations } from "../web/web-operations.ts";
import type { Asking, OtherHandlers } from "./commands.ts";
import type { WebPermissions } from "./web-permissions.ts";

type WebHandlers = Pick<OtherHandlers, Extract<keyof OtherHandlers, `web.${string}`>>;

export function webHandlers(
  operations: WebOperations,
  permissions: Pick<WebPermissions, "changed">,
): WebHandlers {
  const done = async (work: Promise<unknown>): Promise<null> => {
    await work;
    return null;
  };
  return {
    "web.switch": async ({ key }, view) => done(operations.switch(tabOf(view), key)),
    "web.save": async ({ key, label }, view) => ({
      key: await operations.save(tabOf(view), key, label),
    }),
    "web.touch": ({ key }, { page }) => done(operations.touch(page?.tabId, key)),
    "web.end": ({ key }, { page }) => done(operations.end(page?.tabId, key)),
    "web.remove": ({ key }, { page }) => done(operations.remove(page?.tabId, key)),
    "web.signIn": async (wanted, view) => ({ key: await operations.signIn(tabOf(view), wanted) }),
    "web.edit": ({ key, ...changes }, { page }) => done(operations.edit(page?.tabId, key, changes)),
    "web.reveal": async ({ key, token }, { page }) => ({
      value: await operations.reveal(page?.tabId, key, token),
    }),
    "web.history": async ({ key }, { page }) => ({
      entries: await operations.history(page?.tabId, key),
    }),
    "web.look": async (_params, view) => {
      // A view asks for it when the person has allowed something just now.
      permissions.changed();
      return done(operations.look(tabOf(view)));
    },
    "web.dismiss": async ({ id }, view) => {
      operations.dismiss(tabOf(view), id);
      return null;
    },
  };
}

function tabOf({ page }: Asking): number {
  if (!page) throw new InvalidRequestError("This view belongs to no tab.");
  return page.tabId;
}
