/** The commands of views about kept statements, carried out. One line a command, as in `commands.ts`. */
import type { StatementCommands } from "../messages/statement-commands.ts";
import type { Handlers } from "./commands.ts";
import type { PastStatements } from "./past-statements.ts";
import type { SavedStatements } from "./saved-statements.ts";

export function statementHandlers(
  past: PastStatements,
  saved: SavedStatements,
): Pick<Handlers, keyof StatementCommands> {
  const done = async (work: Promise<void>): Promise<null> => {
    await work;
    return null;
  };
  return {
    "statements.list": async () => {
      const heads = await saved.heads();
      return { past: [...(await past.all())], saved: heads };
    },
    "statement.ran": (entry) => done(past.add(entry)),
    "statement.ended": ({ id, index, ending }) => done(past.ended(id, index, ending)),
    "statement.forget": ({ ids }) => done(past.forget(ids)),
    "statement.save": (naming) => saved.save(naming),
    "statement.load": ({ id }) => saved.load(id),
    "statement.rename": ({ id, name }) => done(saved.rename(id, name)),
    "statement.remove": async ({ id }) => ({ removed: await saved.remove(id) }),
  };
}
