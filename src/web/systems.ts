/** The systems of web sign-ins that Switchyard knows: a further one is a line here, and its own file. */
import { clerk } from "./clerk/clerk.ts";
import { superTokens } from "./supertokens/supertokens.ts";
import type { WebSystem } from "./web-system.ts";

export const WEB_SYSTEMS: readonly WebSystem[] = [superTokens, clerk];
