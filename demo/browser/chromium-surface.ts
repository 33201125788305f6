/**
 * A thing on Chromium's screen, through the DevTools Protocol: a tab, or the panel in DevTools.
 *
 * A panel is an iframe in the page of DevTools with a process of its own. It has a session of its
 * own to evaluate in; mouse, keys, size and pictures go through the page around it.
 */
import type { Cdp, CdpParams } from "./cdp.ts";
import type { Key } from "./keys.ts";
import { loadFromWithin, type Surface } from "./page.ts";
import { PATIENCE_MS, sleep, until } from "./wait.ts";

interface RemoteObject {
  readonly value?: unknown;
  readonly description?: string;
}
interface Evaluation {
  readonly result: RemoteObject;
  readonly exceptionDetails?: { readonly text: string; readonly exception?: RemoteObject };
}

/** Evaluates an expression in a session (a page, a panel, a worker), awaits it; JSON. */
export async function evaluateIn(cdp: Cdp, session: string, expression: string): Promise<unknown> {
  const { result, exceptionDetails } = await cdp.send<Evaluation>(
    "Runtime.evaluate",
    {
      expression: `(async () => JSON.stringify({ value: await (${expression}) }))()`,
      awaitPromise: true,
      returnByValue: true,
    },
    session,
  );
  if (exceptionDetails)
    throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return JSON.parse(result.value as string).value;
}

/** A popup closes when it is left: the click that closes it has been made, though nobody answers. */
function wentAway(error: Error): void {
  if (!error.message.endsWith("it went away")) throw error;
}

const MODIFIER_BITS: Record<string, number> = { Alt: 1, Control: 2, Meta: 4, Shift: 8 };

export interface ChromiumTarget {
  readonly description: string;
  /** What is seen: the tab's page, or the panel. */
  readonly targetId: string;
  readonly session: string;
  /** The page that holds it: itself, or DevTools around the panel. */
  readonly rootTargetId: string;
  readonly rootSession: string;
}

export class ChromiumSurface implements Surface {
  readonly description: string;
  readonly target: ChromiumTarget;
  private readonly cdp: Cdp;

  constructor(cdp: Cdp, target: ChromiumTarget) {
    this.cdp = cdp;
    this.target = target;
    this.description = target.description;
  }

  run(expression: string): Promise<unknown> {
    return evaluateIn(this.cdp, this.target.session, expression);
  }

  async hover(x: number, y: number): Promise<void> {
    await this.painted();
    const place = await this.place();
    await this.root("Input.dispatchMouseEvent", {
      type: "mouseMoved",
      x: x + place.x,
      y: y + place.y,
    });
  }

  async mouse(x: number, y: number, clicks: number): Promise<void> {
    await this.hover(x, y);
    const place = await this.place();
    const at = { x: x + place.x, y: y + place.y, button: "left" };
    for (let clickCount = 1; clickCount <= clicks; clickCount++) {
      await this.root("Input.dispatchMouseEvent", {
        ...at,
        type: "mousePressed",
        buttons: 1,
        clickCount,
      });
      await this.root("Input.dispatchMouseEvent", {
        ...at,
        type: "mouseReleased",
        clickCount,
      }).catch(wentAway);
    }
  }

  async key(modifiers: readonly Key[], key: Key): Promise<void> {
    await this.painted();
    let held = 0;
    const send = ({ key, code, keyCode, text }: Key, down: boolean) =>
      this.root("Input.dispatchKeyEvent", {
        type: down ? (text ? "keyDown" : "rawKeyDown") : "keyUp",
        key,
        code,
        windowsVirtualKeyCode: keyCode,
        modifiers: held,
        ...(down && text ? { text } : {}),
      });
    for (const modifier of modifiers) {
      held |= MODIFIER_BITS[modifier.key] ?? 0;
      await send(modifier, true);
    }
    const silent = modifiers.some((one) => one.key !== "Shift");
    await send(silent ? { ...key, text: undefined } : key, true);
    await send(key, false);
    for (const modifier of [...modifiers].reverse()) {
      held &= ~(MODIFIER_BITS[modifier.key] ?? 0);
      await send(modifier, false);
    }
  }

  async picture(scale: number, around: boolean): Promise<Buffer> {
    const place = await this.place();
    const clip = around ? { ...place, x: 0, y: 0, height: place.y + place.height } : place;
    const { data } = await this.root<{ data: string }>("Page.captureScreenshot", {
      format: "png",
      clip: { ...clip, scale },
    });
    return Buffer.from(data, "base64");
  }

  async resize(width: number, height: number, around: boolean): Promise<void> {
    let now = "";
    const takes = async () => {
      // DevTools may still be building its bars, above the panel and below it.
      const place = await this.place();
      const whole = await evaluateIn(this.cdp, this.target.rootSession, "innerHeight");
      const bars = Number(whole) - place.height;
      await this.root("Emulation.setDeviceMetricsOverride", {
        width,
        height: around ? height : height + bars,
        deviceScaleFactor: 0,
        mobile: false,
      });
      const wanted = JSON.stringify([width, around ? height - bars : height]);
      for (let looks = 0; looks < 20; looks++) {
        now = JSON.stringify(await this.run("[innerWidth, innerHeight]"));
        if (now === wanted) return true;
        await sleep(25);
      }
      return false;
    };
    await until(takes, PATIENCE_MS, () => `It didn't take the size ${width} × ${height}: ${now}.`);
    // DevTools slides the mark under its chosen tab to the new place.
    if (around) await sleep(300);
  }

  async bringToFront(): Promise<void> {
    await this.root("Page.bringToFront");
  }

  async load(url: string | undefined): Promise<void> {
    const { session, targetId, rootTargetId } = this.target;
    if (targetId !== rootTargetId) return loadFromWithin(this, url);
    await this.cdp.send("Page.enable", {}, session);
    const loaded = this.cdp.once("Page.loadEventFired", session);
    if (url === undefined) await this.cdp.send("Page.reload", {}, session);
    else {
      const answer = await this.cdp.send<{ errorText?: string; loaderId?: string }>(
        "Page.navigate",
        { url },
        session,
      );
      if (answer.errorText) throw new Error(`${url} can't be loaded: ${answer.errorText}`);
      // Within the same document (only the # changes) nothing is loaded.
      if (answer.loaderId === undefined) return;
    }
    await loaded;
  }

  async close(): Promise<void> {
    await this.cdp.close(this.target.rootTargetId);
  }

  /**
   * Waits until the page has painted since it was loaded: until then Chromium throws mouse and keys
   * away, as nobody can mean what isn't on screen yet, and reports them as delivered.
   */
  private async painted(): Promise<void> {
    await until(
      () => this.run(`performance.getEntriesByType("paint").length > 0`),
      PATIENCE_MS,
      () => `${this.description} painted nothing.`,
    );
  }

  /** Where the panel lies in DevTools, or the page in itself; CSS pixels. */
  private async place(): Promise<{ x: number; y: number; width: number; height: number }> {
    const { targetId, rootTargetId } = this.target;
    if (targetId === rootTargetId) {
      const [width, height] = (await this.run("[innerWidth, innerHeight]")) as [number, number];
      return { x: 0, y: 0, width, height };
    }
    await this.root("DOM.enable");
    const { backendNodeId } = await this.root<{ backendNodeId: number }>("DOM.getFrameOwner", {
      frameId: targetId,
    });
    const { model } = await this.root<{
      model: { content: [number, number]; width: number; height: number };
    }>("DOM.getBoxModel", { backendNodeId });
    const [x, y] = model.content;
    return { x, y, width: model.width, height: model.height };
  }

  private root<T>(method: string, params: CdpParams = {}): Promise<T> {
    return this.cdp.send<T>(method, params, this.target.rootSession);
  }
}
