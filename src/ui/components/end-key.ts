/**
 * Ends the way of a key that was meant for us, before it comes to the document.
 *
 * Chrome's DevTools listens on the document of every panel and takes Escape for its drawer, and the focus
 * with it, even where the default was prevented.
 */
export function endKey(event: KeyboardEvent): void {
  event.preventDefault();
  event.stopPropagation();
}
