import type { JSX } from "preact";

/** Which sessions can be seen here, for whoever looks for others. */
export function WhoseSessions(): JSX.Element {
  return (
    <p class="sy-dim">
      Switchyard shows the sessions of pages and its own. Sessions that a Go, Rust or Node server
      opens live on that server's socket and are not visible here.
    </p>
  );
}
