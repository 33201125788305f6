/**
 * Runs all checks and sends the transcript to the server: whoever asked the page for it meanwhile would
 * use the very functions that are looked at.
 */
import { runAll } from "./harness.js";

/** The order in which they run. Last are those whose sockets fail: browsers let others wait after that. */
const PARTS = [
  ...["global", "early", "realm", "lifetime", "patched", "sending", "receiving", "event", "object"],
  ...["subclass", "closing", "constructor"],
];

async function transcript() {
  try {
    for (const part of PARTS) await import(`./${part}-checks.js`);
    return await runAll();
  } catch (error) {
    return [`the checks didn't run → ${error}`];
  }
}

if (document.readyState !== "complete")
  await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
await fetch("/transcript", { method: "POST", body: JSON.stringify(await transcript()) });
