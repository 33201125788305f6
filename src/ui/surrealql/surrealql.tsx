/**
 * A statement for reading: laid out and coloured as soon as the grammar is loaded, plain until then.
 */
import "../values/values.css";
import "./surrealql.css";
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { byteSize } from "../values/sizes.ts";

type Language = typeof import("./language.ts");

const language = signal<Language | "absent" | undefined>(undefined);
let loading: Promise<void> | undefined;

/** Only once: an extension that was updated under an open panel hasn't the old file any more. */
function load(): Promise<void> {
  loading ??= import("./language.ts").then(
    (loaded) => {
      language.value = loaded;
    },
    () => {
      language.value = "absent";
    },
  );
  return loading;
}

/** Characters beyond which a statement is shown as it is: laying it out would hold the panel up. */
const LONGEST = 20_000;

export interface SurrealqlProps {
  text: string;
  /** False: lines as they were written. */
  laidOut?: boolean;
}

export function Surrealql({ text, laidOut = true }: SurrealqlProps): JSX.Element {
  const tooLong = text.length > LONGEST;
  const loaded = language.value;
  useEffect(() => {
    if (!tooLong) void load();
  }, [tooLong]);
  const pieces = useMemo(() => {
    if (tooLong || loaded === undefined || loaded === "absent") return [{ text, tone: undefined }];
    return loaded.highlight(laidOut ? loaded.format(text) : text);
  }, [text, laidOut, tooLong, loaded]);

  return (
    <>
      <pre class="sy-ql sy-mono">
        {pieces.map((piece, index) =>
          // A text is painted whole or not at all, so its pieces never change places.
          piece.tone === undefined ? (
            piece.text
          ) : (
            <span key={index} class={`sy-ql-${piece.tone}`}>
              {piece.text}
            </span>
          ),
        )}
      </pre>
      {tooLong && (
        <p class="sy-dim sy-ql-note">
          Shown as it was sent: {byteSize(text.length)} are too many to lay out.
        </p>
      )}
      {!tooLong && loaded === "absent" && (
        <p class="sy-dim sy-ql-note">
          Shown as it was sent: the extension was updated meanwhile. Close DevTools and open them
          again to see it laid out.
        </p>
      )}
    </>
  );
}
