/** Which sites people mean, and for which pages a permission holds. */
import { describe, expect, it } from "vitest";
import {
  isLocalSite,
  matchesSite,
  patternHost,
  siteOfText,
  sitePattern,
} from "../../../src/messages/site-pattern.ts";

describe("sitePattern", () => {
  it.each([
    ["https://staging.acme.com/orders?id=7#top", "*://staging.acme.com/*"],
    ["http://staging.acme.com:8080/", "*://staging.acme.com/*"],
    ["https://user:secret@staging.acme.com/", "*://staging.acme.com/*"],
    ["https://bücher.example/", "*://xn--bcher-kva.example/*"],
    ["http://192.168.1.20:3000/", "*://192.168.1.20/*"],
    ["http://[fd00::1]:3000/", "*://[fd00::1]/*"],
  ])("%s is of %s", (url, pattern) => {
    expect(sitePattern(url)).toBe(pattern);
    expect(matchesSite(pattern, url)).toBe(true);
  });

  it.each([
    "about:blank",
    "chrome://extensions/",
    "file:///home/me/app.html",
    "ws://staging.acme.com/rpc",
    "data:text/html,hello",
    "javascript:alert(1)",
    "not a url",
    "",
    "https://*.acme.com/",
    "https://*/",
    "https://%2A.acme.com/",
  ])("refuses %j", (url) => {
    expect(() => sitePattern(url)).toThrow(expect.objectContaining({ name: "InvalidSiteError" }));
  });
});

describe("siteOfText", () => {
  it.each([
    ["staging.acme.com", "https://staging.acme.com"],
    ["  staging.acme.com:8443/orders ", "https://staging.acme.com:8443"],
    ["http://staging.acme.com/a/b?c", "http://staging.acme.com"],
    ["HTTPS://Staging.ACME.com", "https://staging.acme.com"],
    ["devbox:3000", "https://devbox:3000"],
    ["192.168.1.20:3000", "https://192.168.1.20:3000"],
    ["//staging.acme.com/", "https://staging.acme.com"],
    ["staging.acme.com/find?name=a*", "https://staging.acme.com"],
  ])("%j means %s", (text, url) => {
    expect(siteOfText(text)).toBe(url);
  });

  it.each(["", "  ", "my site", "*.acme.com", "ftp://acme.com", "mailto:me@acme.com", "https://"])(
    "refuses %j, and says what one looks like",
    (text) => {
      expect(() => siteOfText(text)).toThrow(
        expect.objectContaining({
          name: "InvalidSiteError",
          advice: expect.stringContaining("staging.acme.com"),
        }),
      );
    },
  );
});

describe("matchesSite", () => {
  it.each([
    ["*://staging.acme.com/*", "https://staging.acme.com/x", true],
    ["*://staging.acme.com/*", "http://staging.acme.com:8080/x", true],
    ["https://staging.acme.com/*", "http://staging.acme.com/", false],
    ["https://staging.acme.com:8443/*", "https://staging.acme.com:8443/", true],
    ["https://staging.acme.com:8443/*", "https://staging.acme.com/", false],
    ["*://staging.acme.com/*", "https://acme.com/", false],
    ["*://acme.com/*", "https://staging.acme.com/", false],
    ["*://*.acme.com/*", "https://staging.acme.com/", true],
    ["*://*.acme.com/*", "https://acme.com/", true],
    ["*://*.acme.com/*", "https://notacme.com/", false],
    ["*://*/*", "https://acme.com/", true],
    ["<all_urls>", "https://acme.com/", true],
    ["<all_urls>", "file:///etc/passwd", false],
    ["*://*/*", "about:blank", false],
    ["nonsense", "https://acme.com/", false],
    ["*://acme.com/*", "nonsense", false],
  ])("%s and %s: %s", (pattern, url, matches) => {
    expect(matchesSite(pattern, url)).toBe(matches);
  });
});

it.each([
  ["http://localhost:5173/", true],
  ["https://app.localhost/", true],
  ["http://127.0.0.1:8080/", true],
  ["http://[::1]:8080/", true],
  ["http://localhost.acme.com/", false],
  ["http://192.168.1.20/", false],
  ["chrome://settings/", false],
])("local: %s is %s", (url, local) => {
  expect(isLocalSite(url)).toBe(local);
});

it.each([
  ["*://staging.acme.com/*", "staging.acme.com"],
  ["https://*.acme.com/*", "*.acme.com"],
  ["*://*/*", "all sites"],
  ["<all_urls>", "all sites"],
])("%s is shown as %s", (pattern, host) => {
  expect(patternHost(pattern)).toBe(host);
});
