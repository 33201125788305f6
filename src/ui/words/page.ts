/** What is said of a page, its frames and its sockets. */
import type { PageFrameView, PageSocketView } from "../../session/page/page-model.ts";
import type { PageCondition } from "../store/page-condition.ts";
import { plural } from "../values/sizes.ts";
import type { StateWord } from "./status.ts";

/** A server by its host, and by its path where that isn't the usual one: "localhost:8000". */
export function serverName(url: string): string {
  if (!URL.canParse(url)) return url;
  const { host, pathname } = new URL(url);
  return pathname === "/rpc" || pathname === "/" ? host : host + pathname;
}

/** Whether two addresses are of one server's RPC. */
export function sameServer(one: string, other: string): boolean {
  return URL.canParse(one) && URL.canParse(other) && new URL(one).href === new URL(other).href;
}

/** A frame by its address: "localhost:5173/embed", "a frame without an origin". */
export function frameName({ url, origin }: Pick<PageFrameView, "url" | "origin">): string {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address && address.host !== "") {
    return address.pathname === "/" ? address.host : address.host + address.pathname;
  }
  return origin === "null" || origin === "" ? "a frame without an origin" : origin;
}

/** Words for the codes that a socket is closed with most often (RFC 6455, 7.4.1). */
const CLOSE_CODES: Record<number, string> = {
  1000: "closed by the page",
  1001: "the page or the server went away",
  1005: "closed without a reason",
  1006: "the connection was lost",
};

/** "open", "closed": the state of a page's socket. */
export function socketState(socket: PageSocketView): StateWord {
  switch (socket.state) {
    case "connecting":
      return { tone: "warn", mark: "○", word: "connecting", sentence: "The page is connecting." };
    case "open":
      return socket.unreadable === undefined
        ? { tone: "good", mark: "●", word: "open", sentence: "Open." }
        : { tone: "warn", mark: "⚠", word: "not readable", sentence: socket.unreadable };
    case "closing":
      return { tone: "idle", mark: "○", word: "closing", sentence: "It is being closed." };
    case "closed": {
      const { closeCode } = socket;
      const why = closeCode === undefined ? undefined : CLOSE_CODES[closeCode];
      return {
        tone: "idle",
        mark: "○",
        word: "closed",
        sentence: `Closed${closeCode === undefined ? "" : ` with code ${closeCode}`}${
          why === undefined ? "" : `: ${why}`
        }.`,
      };
    }
  }
}

const CONDITIONS: Record<PageCondition, StateWord> = {
  off: { tone: "idle", mark: "○", word: "off", sentence: "Switchyard is off on this site." },
  "needs-reload": {
    tone: "warn",
    mark: "⚠",
    word: "reload",
    sentence: "Opened before Switchyard was installed or enabled.",
  },
  forbidden: {
    tone: "idle",
    mark: "○",
    word: "no page",
    sentence: "The browser lets no extension watch this page.",
  },
  unknown: { tone: "idle", mark: "○", word: "no answer", sentence: "The page doesn't answer." },
  http: { tone: "idle", mark: "○", word: "HTTP", sentence: "The page opened no WebSocket." },
  waiting: {
    tone: "idle",
    mark: "○",
    word: "no socket",
    sentence: "The page opened no socket yet.",
  },
};

/** The page in one mark and a word: "1 socket", "2 of 3 sockets", "off". */
export function pageState(
  sockets: readonly PageSocketView[],
  condition: PageCondition | undefined,
): StateWord {
  if (condition !== undefined) return CONDITIONS[condition];
  const open = sockets.filter((socket) => socket.state === "open").length;
  const all = plural(sockets.length, "socket");
  return {
    tone: open === 0 ? "idle" : "good",
    mark: open === 0 ? "○" : "●",
    word: open === sockets.length || open === 0 ? all : `${open} of ${all}`,
    sentence: `${all} of the page, ${open} open.`,
  };
}
