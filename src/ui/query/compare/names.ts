/** What sessions are called in a sentence that compares them. */
import type { AnySession } from "../../store/any-session.ts";
import { placeWord } from "../../words/identity.ts";

/** By label; nobody's session is "anonymous". Sessions of the same name are told apart by their place. */
export function sentenceNames(sessions: readonly AnySession[]): string[] {
  const short = sessions.map((session) =>
    session.auth.level === "anonymous" && /^anonymous$/i.test(session.label)
      ? "anonymous"
      : session.label,
  );
  const placed = sessions.map((session, index) =>
    short.indexOf(short[index] ?? "") === short.lastIndexOf(short[index] ?? "")
      ? (short[index] ?? "")
      : `${short[index]} in ${placeWord(session)}`,
  );
  return placed.map((name, index) => {
    const again = placed.slice(0, index).filter((each) => each === name).length;
    return again === 0 ? name : `${name} (${again + 1})`;
  });
}
