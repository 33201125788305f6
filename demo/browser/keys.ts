/**
 * The keys of a keyboard by name, as in `Control+Enter` or `ArrowDown`: what a browser needs to
 * know of a key to make a real key press of it.
 */
export interface Key {
  /** `KeyboardEvent.key` */
  readonly key: string;
  /** `KeyboardEvent.code` on a US keyboard; empty for a character that it hasn't. */
  readonly code: string;
  /** The old `KeyboardEvent.keyCode`. */
  readonly keyCode: number;
  /** What the key types without Control or Meta held. */
  readonly text?: string;
}

export interface KeyPress {
  readonly modifiers: readonly Key[];
  readonly key: Key;
}

const MODIFIERS: Record<string, Key> = {
  Alt: { key: "Alt", code: "AltLeft", keyCode: 18 },
  Control: { key: "Control", code: "ControlLeft", keyCode: 17 },
  Meta: { key: "Meta", code: "MetaLeft", keyCode: 91 },
  Shift: { key: "Shift", code: "ShiftLeft", keyCode: 16 },
};

const NAMED: Record<string, Key> = {
  Enter: { key: "Enter", code: "Enter", keyCode: 13, text: "\r" },
  Space: { key: " ", code: "Space", keyCode: 32, text: " " },
};
const PLAIN = {
  Tab: 9,
  Backspace: 8,
  Delete: 46,
  Escape: 27,
  ArrowLeft: 37,
  ArrowUp: 38,
  ArrowRight: 39,
  ArrowDown: 40,
  Home: 36,
  End: 35,
  PageUp: 33,
  PageDown: 34,
};
for (const [key, keyCode] of Object.entries(PLAIN)) NAMED[key] = { key, code: key, keyCode };
for (let n = 1; n <= 12; n++) NAMED[`F${n}`] = { key: `F${n}`, code: `F${n}`, keyCode: 111 + n };

const PUNCTUATION: Record<string, [code: string, keyCode: number]> = {
  "-": ["Minus", 189],
  "=": ["Equal", 187],
  "[": ["BracketLeft", 219],
  "]": ["BracketRight", 221],
  "\\": ["Backslash", 220],
  ";": ["Semicolon", 186],
  "'": ["Quote", 222],
  "`": ["Backquote", 192],
  ",": ["Comma", 188],
  ".": ["Period", 190],
  "/": ["Slash", 191],
};

/** The key that types one character. */
export function keyOf(character: string): Key {
  if (character === " ") return NAMED.Space as Key;
  if (character === "\n") return NAMED.Enter as Key;
  const upper = character.toUpperCase();
  const whole = { key: character, text: character };
  if (/^[A-Z]$/.test(upper)) return { ...whole, code: `Key${upper}`, keyCode: upper.charCodeAt(0) };
  if (/^[0-9]$/.test(character))
    return { ...whole, code: `Digit${character}`, keyCode: character.charCodeAt(0) };
  const [code, keyCode] = PUNCTUATION[character] ?? ["", 0];
  return { ...whole, code, keyCode };
}

/**
 * Reads `Control+Enter`, `Shift+Tab`, `a`, `ArrowDown`. `ControlOrMeta` is Meta on a Mac, else
 * Control. Throws on a name that no key has.
 */
export function parseKeys(keys: string): KeyPress {
  // A lone "+" or one at the end is the plus key itself.
  const parts = keys.split(/\+(?=.)/);
  const last = parts.pop() ?? "";
  const modifiers = parts.map((part) => {
    const system = process.platform === "darwin" ? "Meta" : "Control";
    const modifier = MODIFIERS[part === "ControlOrMeta" ? system : part];
    if (!modifier) throw new Error(`No modifier key is called "${part}" (in "${keys}").`);
    return modifier;
  });
  const key = NAMED[last] ?? MODIFIERS[last] ?? ([...last].length === 1 ? keyOf(last) : undefined);
  if (!key) throw new Error(`No key is called "${last}" (in "${keys}").`);
  return { modifiers, key };
}
