/** The colours that sessions are told apart by. Each holds its letter, black or white, at 4.5:1. */
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
