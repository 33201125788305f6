/**
 * The icons of the panel: drawn for it, 16 × 16, one stroke, in the colour of the text around them.
 * An icon never stands for a word alone: the control that shows it has an accessible name.
 */
import type { JSX } from "preact";

const PATHS = {
  add: "M8 3.5v9M3.5 8h9",
  back: "M9.5 4 5.5 8l4 4",
  check: "m3.5 8.5 3 3 6-7",
  chevron: "m6 4.5 3.5 3.5L6 11.5",
  clear: "M8 2.8a5.2 5.2 0 1 0 0 10.4A5.2 5.2 0 0 0 8 2.8zM4.4 4.4l7.2 7.2",
  close: "m4.5 4.5 7 7m0-7-7 7",
  copy: "M6 6V3.5h6.5V10H10M3.5 6H10v6.5H3.5z",
  down: "m4.5 6.5 3.5 3.5 3.5-3.5",
  download: "M8 2.5v7.5M5 7.2l3 3 3-3M3 13h10",
  edit: "m3.5 12.5.5-2.5 6.5-6.5 2 2L6 12z",
  eye: "M1.8 8S4 4.2 8 4.2 14.2 8 14.2 8 12 11.8 8 11.8 1.8 8 1.8 8zM8 6.3a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4z",
  eyeOff:
    "m3 3 10 10M6.2 4.5A6 6 0 0 1 8 4.2C12 4.2 14.2 8 14.2 8a11 11 0 0 1-2 2.3M4 5.7A11 11 0 0 0 1.8 8S4 11.8 8 11.8a6 6 0 0 0 1.8-.3",
  link: "M9 3.5h3.5V7M12.5 3.5l-5 5M7 4.5H3.5v8h8V9",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  refresh: "M12.5 8A4.5 4.5 0 1 1 11 4.6M12.5 2.5V5H10",
  search: "M7 3a4 4 0 1 0 0 8 4 4 0 0 0 0-8zm3 7 3 3",
  settings:
    "M8 5.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4zM8 1.8v1.9M8 12.3v1.9M1.8 8h1.9M12.3 8h1.9M3.6 3.6 5 5M11 11l1.4 1.4M12.4 3.6 11 5M5 11l-1.4 1.4",
  undo: "M5.5 3.5 3 6l2.5 2.5M3 6h6a3.5 3.5 0 0 1 0 7H6",
  upload: "M8 10V2.5M5 5.3l3-3 3 3M3 13h10",
  warning: "M8 2.5 14 13H2zM8 6.5v3M8 11.3v.01",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }): JSX.Element {
  return (
    <svg
      class="sy-icon"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width={name === "more" ? 2.2 : 1.3}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
