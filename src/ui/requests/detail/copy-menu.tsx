/** "Copy ▾": a request as text for elsewhere, with what is covered still covered. */
import type { JSX } from "preact";
import { copyRequest, type LogCopyFormat } from "../../../session/log/log-copy.ts";
import type { Action } from "../../components/action.ts";
import { Menu } from "../../components/menu.tsx";
import { useStore } from "../../store/context.ts";
import type { TabProps } from "./request-tab.tsx";

const FORMATS: readonly { format: LogCopyFormat; text: string; what: string; title: string }[] = [
  {
    format: "surrealql",
    text: "SurrealQL with bindings",
    what: "Request as SurrealQL",
    title: "Runs anywhere: its bindings are set first",
  },
  { format: "json", text: "JSON", what: "Request as JSON", title: "The RPC request" },
  {
    format: "javascript",
    text: "SDK call",
    what: "Request as SDK call",
    title: "For the JavaScript SDK",
  },
  {
    format: "hex",
    text: "Frames as hex",
    what: "Frames as hex",
    title: "Request and answer as they were on the wire",
  },
];

export function CopyMenu({ entry, details, copying }: TabProps & { copying: Action }): JSX.Element {
  const { copy } = useStore();
  return (
    <Menu
      label="Copies the request; secrets that are covered stay so"
      text="Copy"
      items={FORMATS.map(({ format, text, what, title }) => ({
        text,
        title,
        onSelect: () => copying.run(async () => copy(copyRequest(entry, details, format), what)),
      }))}
    />
  );
}
