import type { JSX } from "preact";

/** Which sessions can be seen here, for whoever looks for others. */
export function WhoseSessions(): JSX.Element {
  return (
    <p class="sy-dim">
      Switchyard shows the sessions that it holds itself. Those that a page, or a Go, Rust or Node
      server, opens live on that one's own socket and are not visible here.
    </p>
  );
}
