/** The colours that sessions are told apart by, and what can be read on them. */

/** Offered for a session; each holds its letter at 4.5:1 at least. */
export const PALETTE: readonly { name: string; colour: string }[] = [
  { name: "Blue", colour: "#1a66d6" },
  { name: "Green", colour: "#1a7f37" },
  { name: "Purple", colour: "#8b3fd9" },
  { name: "Orange", colour: "#f28b1d" },
  { name: "Pink", colour: "#cf2a83" },
  { name: "Teal", colour: "#0b7a84" },
  { name: "Red", colour: "#c5282f" },
  { name: "Yellow", colour: "#f4c020" },
  { name: "Brown", colour: "#84562f" },
  { name: "Grey", colour: "#5f6670" },
];

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

/** The colour of the palette that fewest sessions have. */
export function nextColour(taken: readonly string[]): string {
  let best = PALETTE[0]?.colour ?? "#1a66d6";
  let fewest = Number.POSITIVE_INFINITY;
  for (const { colour } of PALETTE) {
    const count = taken.filter((each) => each.toLowerCase() === colour).length;
    if (count < fewest) {
      best = colour;
      fewest = count;
    }
  }
  return best;
}
