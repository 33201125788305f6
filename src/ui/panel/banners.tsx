/** What is wrong with the extension itself: its worker is away, its storage is full. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Note } from "../components/error-note.tsx";
import { useStore } from "../store/context.ts";

/** A worker that starts within this time (ms) isn't worth a word: it does so every few minutes. */
const PATIENCE = 700;

export function Banners(): JSX.Element {
  const { link, problems } = useStore();
  const away = link.value === "connecting" || link.value === "reconnecting";
  const [overdue, setOverdue] = useState(false);
  useEffect(() => {
    setOverdue(false);
    if (!away) return;
    const timer = setTimeout(() => setOverdue(true), PATIENCE);
    return () => clearTimeout(timer);
  }, [away]);

  return (
    <div class="sy-banners">
      {link.value === "gone" && (
        <Note tone="bad">Switchyard was updated or removed. Close and reopen DevTools.</Note>
      )}
      {away && overdue && (
        <Note tone="warn">
          {link.value === "connecting"
            ? "Waiting for the extension's worker…"
            : "The extension's worker is restarting. What you see is as it was; trying again…"}
        </Note>
      )}
      {problems.value.map((problem) => (
        <Note key={problem} tone="bad">
          {problem}
        </Note>
      ))}
    </div>
  );
}
