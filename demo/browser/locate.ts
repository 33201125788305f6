/**
 * Finds elements the way a person names them, inside the page.
 *
 * `locate` is sent to the page as source text, so it must stand on its own: no imports, no outer
 * names. It reads these selectors, each part within the matches of the part before, joined by
 * ` >> `:
 * - `role=button[name="Sign out"]`, `role=button[name*="Sign"]`, `role=heading`
 * - `label=User name`: the control with this accessible name
 * - `text=Signed in`, `text*=Signed`: the innermost elements with this text
 * - `nth=0`: one of the matches; anything else is CSS.
 *
 * Role and name follow WAI-ARIA and "Accessible Name and Description Computation 1.2" as far as an
 * extension's pages need them.
 */
export function locate(selector: string): Element[] {
  const squeeze = (text: string) => text.replace(/\s+/g, " ").trim();
  const visible = (element: Element) => element.checkVisibility({ visibilityProperty: true });

  const INPUT_ROLES: Record<string, string> = {
    button: "button",
    submit: "button",
    reset: "button",
    image: "button",
    checkbox: "checkbox",
    radio: "radio",
    range: "slider",
    number: "spinbutton",
    search: "searchbox",
  };
  const TAG_ROLES: Record<string, string> = {
    article: "article",
    aside: "complementary",
    button: "button",
    dialog: "dialog",
    details: "group",
    fieldset: "group",
    form: "form",
    h1: "heading",
    h2: "heading",
    h3: "heading",
    h4: "heading",
    h5: "heading",
    h6: "heading",
    hr: "separator",
    img: "img",
    li: "listitem",
    main: "main",
    meter: "meter",
    nav: "navigation",
    ol: "list",
    option: "option",
    output: "status",
    progress: "progressbar",
    section: "region",
    summary: "button",
    table: "table",
    tbody: "rowgroup",
    td: "cell",
    textarea: "textbox",
    th: "columnheader",
    tr: "row",
    ul: "list",
  };
  const NAMED_BY_CONTENT =
    /^(button|link|heading|option|tab|treeitem|menuitem|menuitemcheckbox|menuitemradio|row|rowheader|columnheader|cell|gridcell|checkbox|radio|switch|tooltip)$/;

  function roleOf(element: Element): string {
    const explicit = element.getAttribute("role")?.trim().split(/\s+/)[0];
    if (explicit) return explicit;
    const tag = element.localName;
    if (tag === "a") return element.hasAttribute("href") ? "link" : "generic";
    if (tag === "select")
      return element.hasAttribute("multiple") || (element as HTMLSelectElement).size > 1
        ? "listbox"
        : "combobox";
    if (tag === "input") {
      const type = (element as HTMLInputElement).type;
      const role = INPUT_ROLES[type] ?? (type === "hidden" ? "generic" : "textbox");
      return element.hasAttribute("list") && role === "textbox" ? "combobox" : role;
    }
    if (TAG_ROLES[tag]) return TAG_ROLES[tag];
    return element.getAttribute("contenteditable") === "true" ? "textbox" : "generic";
  }

  /** The text of an element as it counts for a name, without `skipped` (a label's own control). */
  function contentOf(node: Node, skipped?: Element): string {
    if (node.nodeType === Node.TEXT_NODE) return node.nodeValue ?? "";
    if (!(node instanceof Element) || node === skipped) return "";
    if (node.getAttribute("aria-hidden") === "true" || !visible(node)) return "";
    const own = node.getAttribute("aria-label") ?? node.getAttribute("alt");
    if (own?.trim()) return ` ${own} `;
    const inner = [...node.childNodes].map((child) => contentOf(child, skipped)).join("");
    return getComputedStyle(node).display.startsWith("inline") ? inner : ` ${inner} `;
  }

  function nameOf(element: Element): string {
    const ids = element.getAttribute("aria-labelledby")?.trim().split(/\s+/) ?? [];
    const labelling = ids
      .map((id) => document.getElementById(id))
      .filter((found) => found !== null);
    if (labelling.length > 0) return squeeze(labelling.map((one) => contentOf(one)).join(" "));
    const aria = element.getAttribute("aria-label");
    if (aria?.trim()) return squeeze(aria);
    const labels = (element as HTMLInputElement).labels;
    if (labels && labels.length > 0)
      return squeeze([...labels].map((label) => contentOf(label, element)).join(" "));
    const tag = element.localName;
    if (tag === "img") return squeeze(element.getAttribute("alt") ?? "");
    if (tag === "fieldset" || tag === "table") {
      const caption = element.querySelector(":scope > legend, :scope > caption");
      if (caption) return squeeze(contentOf(caption));
    }
    const role = roleOf(element);
    if (tag === "input" && role === "button") return squeeze((element as HTMLInputElement).value);
    if (NAMED_BY_CONTENT.test(role)) {
      const content = squeeze([...element.childNodes].map((child) => contentOf(child)).join(""));
      if (content) return content;
    }
    return squeeze(element.getAttribute("title") ?? element.getAttribute("placeholder") ?? "");
  }

  const inOrder = (elements: Iterable<Element>) =>
    [...new Set(elements)].sort((a, b) =>
      a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1,
    );
  const below = (roots: (Document | Element)[], css: string) =>
    inOrder(roots.flatMap((root) => [...root.querySelectorAll(css)]));

  let roots: (Document | Element)[] = [document];
  for (const part of selector.split(" >> ")) {
    const match = /^(role|label|text|nth)(\*?)=(.*)$/s.exec(part.trim());
    if (!match) {
      roots = below(roots, part);
      continue;
    }
    const [, kind, loose, value = ""] = match;
    const same = (found: string, wanted: string, part: string | undefined) =>
      part ? found.includes(wanted) : found === wanted;
    if (kind === "nth") {
      const one = roots.at(Number(value));
      roots = one ? [one] : [];
    } else if (kind === "label") {
      const controls =
        "button, input, select, textarea, [contenteditable=true], [role], meter, progress, output";
      roots = below(roots, controls).filter(
        (element) => visible(element) && same(nameOf(element), value, loose),
      );
    } else if (kind === "text") {
      // innerText lays the page out for each element; textContent tells cheaply where it can't be.
      const compact = (text: string | null) => (text ?? "").replace(/\s+/g, "").toLowerCase();
      const wanted = compact(value);
      const holding = below(roots, "*").filter(
        (element) =>
          compact(element.textContent).includes(wanted) &&
          !/^(script|style|template|head|title|meta|link)$/.test(element.localName) &&
          visible(element) &&
          same(squeeze((element as HTMLElement).innerText ?? ""), value, loose),
      );
      roots = holding.filter(
        (element) => !holding.some((other) => element !== other && element.contains(other)),
      );
    } else {
      const [, role, part, name] = /^([a-z]+)(?:\[name(\*?)=(".*")\])?$/s.exec(value) ?? [];
      if (!role) throw new Error(`"${selector}" is no selector: role=button[name="…"] is meant?`);
      roots = below(roots, "*").filter(
        (element) =>
          roleOf(element) === role &&
          visible(element) &&
          (name === undefined || same(nameOf(element), JSON.parse(name), part)),
      );
    }
  }
  return roots.filter((root) => root instanceof Element);
}
