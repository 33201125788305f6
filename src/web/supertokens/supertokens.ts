/**
 * Sessions of SuperTokens (https://supertokens.com): found passively, in cookie and in header mode.
 *
 * A page has one session at a time, in cookies; switching swaps all of them.
 */
import type { Look, WebSystem } from "../web-system.ts";
import { lookOf } from "./look.ts";
import { endInPage, removeFromPage, revealInPage, signInInPage, touchPage } from "./page-acts.ts";
import { readSite } from "./reading.ts";
import { endSnapshot, revealInSnapshot, signInWithoutPage, touchSnapshot } from "./saved-acts.ts";
import { putSnapshot, takeSnapshot, watchPage } from "./snapshots.ts";
import { vanishedInPage } from "./vanished.ts";

export const superTokens: WebSystem = {
  kind: "supertokens",
  name: "SuperTokens",
  look: async (page): Promise<Look | undefined> => lookOf(await readSite(page)),
  vanished: vanishedInPage,
  touch: touchPage,
  end: endInPage,
  remove: removeFromPage,
  reveal: revealInPage,
  signIn: signInInPage,
  snapshots: {
    take: takeSnapshot,
    put: putSnapshot,
    watch: watchPage,
    touch: touchSnapshot,
    end: endSnapshot,
    reveal: revealInSnapshot,
    signIn: signInWithoutPage,
  },
};
