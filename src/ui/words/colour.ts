/** What can be read on the colours that sessions are told apart by. */

function channel(value: number): number {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

/** Relative luminance, 0 to 1, of `#rrggbb` (WCAG 2, 1.4.3). Anything else counts as black. */
export function luminance(colour: string): number {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
  if (!match) return 0;
  const [red, green, blue] = match.slice(1).map((part) => channel(Number.parseInt(part, 16)));
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

/** Black or white, whichever is read better on the colour. */
export function inkOn(colour: string): "#000000" | "#ffffff" {
  const ground = luminance(colour);
  return (ground + 0.05) / 0.05 >= 1.05 / (ground + 0.05) ? "#000000" : "#ffffff";
}

/** The letter that goes with a colour: the label's first, or a dot for who is nobody. */
export function badgeLetter(label: string): string {
  const first = [...label.trim()][0];
  return first === undefined || /^anonymous/i.test(label.trim()) ? "·" : first.toUpperCase();
}
