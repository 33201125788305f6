/**
 * What the driver does inside a page: finding the one element, making sure that a mouse can press
 * it, filling and choosing.
 *
 * Each function is sent to the page as source, so it must stand on its own: no imports, no names
 * from outside it.
 */

/** The watch over the next press, kept on the page's window. */
interface PressWatch {
  met: "nothing" | "it" | "another";
  end(): void;
}

/** The only visible one of the matches; throws when there is none or more. */
export function theOne(found: Element[]): Element {
  const visible = found.filter((e) => e.checkVisibility({ visibilityProperty: true }));
  const [one] = visible;
  if (!one)
    throw new Error(
      found.length > 0 ? `${found.length} match, none is visible` : "nothing matches",
    );
  if (visible.length > 1) {
    const outlines = visible.slice(0, 5).map((e) => (e.cloneNode(false) as Element).outerHTML);
    throw new Error(`${visible.length} elements match: ${outlines.join(" ")}`);
  }
  return one;
}

/**
 * Scrolls to the element and returns its middle, if a mouse can press it there. With the purpose
 * `press` the next press is watched: `takePressed` tells what it met.
 */
export async function clickablePoint(
  element: Element,
  purpose: string,
): Promise<{ x: number; y: number }> {
  if (element.matches(":disabled, [aria-disabled=true]")) throw new Error("it is disabled");
  // A button that still works on its last press ignores the next one.
  if (element.matches("[aria-busy=true]")) throw new Error("it is busy");
  const inside = (r: DOMRect) =>
    r.top >= 0 && r.left >= 0 && r.bottom <= innerHeight && r.right <= innerWidth;
  if (!inside(element.getBoundingClientRect()))
    element.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
  const before = element.getBoundingClientRect();
  await new Promise((resolve) => setTimeout(resolve, 25));
  const after = element.getBoundingClientRect();
  if (before.x !== after.x || before.y !== after.y) throw new Error("it is moving");
  // A long element is pressed where it can be seen.
  const x = (Math.max(after.left, 0) + Math.min(after.right, innerWidth)) / 2;
  const y = (Math.max(after.top, 0) + Math.min(after.bottom, innerHeight)) / 2;
  const hit = document.elementFromPoint(x, y);
  const labels = [...((element as HTMLInputElement).labels ?? [])];
  if (!hit || ![element, ...labels].some((target) => target.contains(hit))) {
    // Perhaps only scrolled away in a part of the page that scrolls by itself: for the next try.
    element.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    throw new Error(
      `it is covered by ${(hit?.cloneNode(false) as Element | undefined)?.outerHTML}`,
    );
  }
  if (purpose === "press") watchPress();
  return { x, y };

  /**
   * Lets a press through to the element or its labels; one that meets anything else stays without
   * effect, and so does the release over another element of a press that the page moved away under:
   * no click comes of it.
   */
  function watchPress() {
    const types = ["pointerdown", "mousedown", "pointerup", "mouseup", "click", "dblclick"];
    const watch: PressWatch = {
      met: "nothing",
      end: () => {
        for (const type of types) removeEventListener(type, look, true);
      },
    };
    const look = (event: Event) => {
      const target = event.composedPath()[0] as Node;
      const meets = [element, ...labels].some((one) => one.contains(target));
      if (watch.met === "nothing") watch.met = meets ? "it" : "another";
      // What went with the press, a row of a list that it closed, has taken it.
      if (event.type === "mouseup" && watch.met === "it" && !meets && element.isConnected)
        watch.met = "another";
      if (watch.met === "it") {
        if (event.type === "mouseup") watch.end();
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    const global = window as { switchyardPress?: PressWatch };
    global.switchyardPress?.end();
    global.switchyardPress = watch;
    for (const type of types) addEventListener(type, look, true);
  }
}

/** What the press that was watched has met; `unwatched` in a page that came after it. */
export function takePressed(): PressWatch["met"] | "unwatched" {
  const global = window as { switchyardPress?: PressWatch };
  const watch = global.switchyardPress;
  watch?.end();
  delete global.switchyardPress;
  return watch?.met ?? "unwatched";
}

export function fillElement(element: Element, text: string): boolean {
  const field = element as HTMLInputElement | HTMLTextAreaElement;
  if (field.readOnly) throw new Error("it is read-only");
  field.focus();
  if (
    field.localName === "input" &&
    /^(date|time|month|week|color|range|datetime-local)$/.test(field.type)
  ) {
    field.value = text;
    for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
    return true;
  }
  if ("select" in field) field.select();
  else {
    getSelection()?.selectAllChildren(element);
    // An editor that keeps its own text (CodeMirror) takes what is pasted, and says so.
    const paste = new Event("paste", { bubbles: true, cancelable: true });
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    Object.defineProperty(paste, "clipboardData", { value: clipboardData });
    if (!element.dispatchEvent(paste)) return true;
  }
  const holds = () => ("value" in field ? field.value : element.textContent);
  if (holds() !== text) document.execCommand(text === "" ? "delete" : "insertText", false, text);
  if (holds() !== text && element.localName === "input")
    throw new Error(`it took ${JSON.stringify(holds())} instead of ${JSON.stringify(text)}`);
  return true;
}

/** What a field holds: its value, for a checkbox `true` or `false`, for an editor its lines. */
export function heldBy(element: Element): string | boolean {
  const field = element as HTMLInputElement;
  if (field.type === "checkbox" || field.type === "radio") return field.checked;
  if ("value" in field) return field.value;
  const lineOf = (node: Node): string =>
    node instanceof HTMLElement && node.contentEditable === "false"
      ? ""
      : node.childNodes.length > 0
        ? [...node.childNodes].map(lineOf).join("")
        : (node.nodeValue ?? "");
  return [...element.childNodes].map(lineOf).join("\n");
}

export function chooseOption(element: Element, choice: string): boolean {
  const list = element as HTMLSelectElement;
  const option = [...list.options].find((o) => o.label.trim() === choice || o.value === choice);
  if (!option) {
    const offered = [...list.options].map((o) => o.label.trim());
    throw new Error(`it has no option "${choice}", only: ${offered.join(", ")}`);
  }
  list.focus();
  option.selected = true;
  for (const type of ["input", "change"]) list.dispatchEvent(new Event(type, { bubbles: true }));
  return true;
}
