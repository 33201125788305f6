/**
 * Puts a menu or a list of suggestions beside the control it belongs to.
 *
 * It is shown as a manual popover, in the browser's top layer: scrolling panes and size containers,
 * which the panel is made of, would otherwise clip it or shift its origin. Where there is no room
 * beneath it opens above.
 */
import "./popup.css";
import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";

const MARGIN = 4;

export interface PopupOptions {
  anchor: RefObject<HTMLElement | null>;
  popup: RefObject<HTMLElement | null>;
  open: boolean;
  close: () => void;
  /** `end`: right edges meet. `fill`: at least as wide as the anchor. */
  align: "end" | "fill";
}

function place(anchor: HTMLElement, popup: HTMLElement, align: PopupOptions["align"]) {
  const edge = anchor.getBoundingClientRect();
  const view = document.documentElement;
  popup.style.minWidth = align === "fill" ? `${edge.width}px` : "";
  popup.style.maxHeight = "";
  const width = popup.offsetWidth;
  const wanted = popup.offsetHeight;
  const below = view.clientHeight - edge.bottom - MARGIN * 2;
  const above = edge.top - MARGIN * 2;
  const upward = wanted > below && above > below;
  const height = Math.min(wanted, upward ? above : below);
  const left = align === "end" ? edge.right - width : edge.left;
  popup.style.maxHeight = `${Math.max(height, 48)}px`;
  popup.style.top = `${upward ? edge.top - height - 2 : edge.bottom + 2}px`;
  popup.style.left = `${Math.max(MARGIN, Math.min(left, view.clientWidth - width - MARGIN))}px`;
}

/** Shows, places and hides the popup as `open` says; closes it on a press elsewhere, or when its anchor scrolls away. */
export function usePopup({ anchor, popup, open, close, align }: PopupOptions): void {
  useLayoutEffect(() => {
    const from = anchor.current;
    const shown = popup.current;
    if (!open || !from || !shown) return;
    shown.showPopover();
    place(from, shown, align);
    const pressed = (event: Event) => {
      const target = event.target as Node;
      if (!from.contains(target) && !shown.contains(target)) close();
    };
    // Only what moves the anchor: a log that follows its end scrolls all the time.
    const scrolled = (event: Event) => {
      if ((event.target as Node).contains(from)) close();
    };
    document.addEventListener("pointerdown", pressed, true);
    // A scroll of before, as of the focus that came to the anchor, is told only with the next frame.
    const frame = requestAnimationFrame(() => {
      document.addEventListener("scroll", scrolled, true);
    });
    window.addEventListener("resize", close);
    // What it shows may change while it is open (suggestions narrow down): it is placed again.
    const sizes = new ResizeObserver(() => place(from, shown, align));
    sizes.observe(shown);
    return () => {
      sizes.disconnect();
      cancelAnimationFrame(frame);
      document.removeEventListener("pointerdown", pressed, true);
      document.removeEventListener("scroll", scrolled, true);
      window.removeEventListener("resize", close);
      if (shown.isConnected) shown.hidePopover();
    };
    // `close` may be a new function at each render; the first one does the same.
  }, [open, align]);
}
