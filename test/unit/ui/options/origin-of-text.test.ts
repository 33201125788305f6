import { expect, it } from "vitest";
import { InvalidSiteError } from "../../../../src/messages/site-pattern.ts";
import { originOfText } from "../../../../src/ui/options/origin-of-text.ts";

it.each([
  ["localhost:5173", "http://localhost:5173"],
  ["  localhost ", "http://localhost"],
  ["127.0.0.1:3000/app?x=1", "http://127.0.0.1:3000"],
  ["https://localhost:5173", "https://localhost:5173"],
  ["acme.com:8443", "https://acme.com:8443"],
  ["http://acme.com/a/b#c", "http://acme.com"],
])("“%s” is the origin %s", (text, origin) => {
  expect(originOfText(text)).toBe(origin);
});

it.each(["", "two words", "chrome://settings", "file:///etc/hosts"])(
  "“%s” is no origin, and is refused",
  (text) => {
    expect(() => originOfText(text)).toThrow(InvalidSiteError);
  },
);
