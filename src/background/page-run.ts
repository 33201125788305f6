/**
 * Running a function in a page, and believing nothing of what it answers.
 *
 * The function runs in the document that is named, which has one origin for as long as it is there: so
 * what is handed to it reaches no other site, however the page navigates meanwhile. (A check inside the
 * function's own code can't be added to it: source text can't be put together without eval, which pages
 * and extensions forbid.) Chromium also finds a document that is kept for going back; that one isn't the
 * tab's page, and answers for nobody.
 *
 * Both browsers await a promise. Of one that rejects, and of a function that throws, Firefox tells the
 * error; Chromium answers null. https://crbug.com/1271527
 */
import type { Scripting } from "webextension-polyfill";
import { messageOf } from "../session/errors.ts";
import { WebError } from "../web/web-error.ts";
import type { WebHolder } from "../web/web-model.ts";

/** `scripting` of the browser, as far as it is needed; tests give their own. */
export type ScriptRunner = Pick<Scripting.Static, "executeScript">;

/** Characters of an answer, as JSON. */
export const ANSWER_LIMIT = 262_144;
/** So long a page has to answer, in milliseconds. */
const PATIENCE = 10_000;

/**
 * Runs it in the page's own world, awaits it and answers its result, JSON data; undefined for none.
 * @throws WebError where the page is gone, threw, didn't answer in time, or answered too much
 */
export async function runInPage<A extends unknown[]>(
  scripting: ScriptRunner,
  holder: WebHolder,
  fn: (...args: A) => unknown,
  args: A,
  { timeoutMs = PATIENCE }: { timeoutMs?: number } = {},
): Promise<unknown> {
  const { tabId, documentId, frameId, origin } = holder;
  const running = scripting.executeScript({
    target: { tabId, documentIds: [documentId] },
    world: "MAIN",
    // A page that loads for long has its SDK before it is done.
    injectImmediately: true,
    // The browser's type knows no parameters; they are those that go along.
    func: fn as (...args: unknown[]) => unknown,
    args,
  });
  const [answer] = await inTime(running, timeoutMs, origin);
  // Gone, or kept for going back.
  if (!answer || answer.frameId !== frameId) throw pageLeft(origin);
  if (Object.hasOwn(answer, "error")) {
    throw new WebError(`The page of ${origin} failed: ${messageOf(answer.error)}`);
  }
  return plain(answer.result, origin);
}

async function inTime(
  running: Promise<Scripting.InjectionResult[]>,
  timeoutMs: number,
  origin: string,
): Promise<Scripting.InjectionResult[]> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const words = `The page of ${origin} hasn't answered in ${timeoutMs / 1000} s.`;
    const advice = "If it is paused in the debugger, let it go on.";
    timer = setTimeout(() => reject(new WebError(words, advice)), timeoutMs);
  });
  try {
    return await Promise.race([running, late]);
  } catch (error) {
    if (error instanceof WebError) throw error;
    // No such document or tab, no permission for its site, or an answer that can't be copied.
    throw new WebError(`The page of ${origin} can't be asked: ${messageOf(error)}`);
  } finally {
    clearTimeout(timer);
  }
}

/** JSON data and nothing else: structured cloning brings more than that. */
function plain(result: unknown, origin: string): unknown {
  if (result === undefined) return undefined;
  let text: string | undefined;
  try {
    text = JSON.stringify(result);
  } catch (error) {
    throw new WebError(`What the page of ${origin} answered is no data: ${messageOf(error)}`);
  }
  if (text === undefined) return undefined;
  if (text.length > ANSWER_LIMIT) {
    throw new WebError(`What the page of ${origin} answered is longer than could be read.`);
  }
  return JSON.parse(text);
}

function pageLeft(origin: string): WebError {
  return new WebError(`The page of ${origin} was left or loaded anew. Nothing was changed.`);
}
