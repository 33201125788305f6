/**
 * A browser's processes and its profile folder: started as a group of their own, so that all of
 * them, and only they, can be ended; and guarded, so that they end with us even when we are killed.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import type { Socket } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { sleep } from "./wait.ts";

/**
 * Waits until its input ends, which it does when the process that gave it ends, however that was;
 * then it ends the browser's group and removes its profile.
 */
const GUARD = `
  const [pid, profile] = process.argv.slice(1);
  process.stdin.resume().on("end", () => {
    if (process.platform === "win32")
      require("node:child_process").spawnSync("taskkill", ["/pid", pid, "/T", "/F"]);
    else try { process.kill(-pid, "SIGKILL"); } catch (error) { if (error.code !== "ESRCH") throw error; }
    if (profile)
      require("node:fs").rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  });`;

export class BrowserProcess {
  /** Fulfilled when the first process of the group has ended, with how. */
  readonly ended: Promise<string>;
  private readonly child: ChildProcess;
  private guard: ChildProcess | undefined;
  private stderr = "";

  /** `pipes` opens file descriptors 3 (to the browser) and 4 (from it). */
  constructor(
    executable: string,
    args: readonly string[],
    { pipes: wanted, profile }: { pipes: boolean; profile: Profile },
  ) {
    const pipes = wanted ? (["pipe", "pipe"] as const) : [];
    this.child = spawn(executable, args, {
      stdio: ["ignore", "ignore", "pipe", ...pipes],
      // A group of its own: Ctrl-C in the terminal reaches only us, and we end the group in order.
      detached: process.platform !== "win32",
    });
    if (this.child.pid !== undefined) this.guard = startGuard(this.child.pid, profile);
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr = (this.stderr + text).slice(-20_000);
    });
    this.ended = new Promise((resolve) => {
      this.child.once("error", (error) => resolve(error.message));
      this.child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    this.ended.then(() => this.kill());
  }

  /** What the browser has said on its error output, the last 20,000 characters. */
  get output(): string {
    return this.stderr;
  }

  get toBrowser(): Writable {
    return this.child.stdio[3] as Writable;
  }

  get fromBrowser(): Readable {
    return this.child.stdio[4] as Readable;
  }

  /** Waits for a line of the error output. Throws when the browser ends before, or after 60 s. */
  async line(pattern: RegExp): Promise<RegExpExecArray> {
    let ended: string | undefined;
    this.ended.then((how) => {
      ended = how;
    });
    for (const start = performance.now(); performance.now() < start + 60_000; await sleep(10)) {
      const match = pattern.exec(this.stderr);
      if (match) return match;
      if (ended !== undefined) break;
    }
    throw new Error(
      `The browser ${ended ? `ended (${ended})` : "didn't get ready"}. It said:\n${this.stderr.slice(-2000)}`,
    );
  }

  /** Waits up to `patienceMs` for the browser to end by itself, then ends all its processes. */
  async end(patienceMs: number): Promise<void> {
    await Promise.race([this.ended, sleep(patienceMs)]);
    this.kill();
    await this.ended;
  }

  /** Stops all its processes where they are, or lets them go on. Windows can't: there they run on. */
  hold(still: boolean): void {
    if (this.child.pid !== undefined && process.platform !== "win32")
      process.kill(-this.child.pid, still ? "SIGSTOP" : "SIGCONT");
  }

  /** Ends whatever is left of the group, at once. */
  kill(): void {
    // First the guard: the number of an ended process may be given to another.
    this.guard?.kill("SIGKILL");
    this.guard = undefined;
    const { pid } = this.child;
    if (pid === undefined) return;
    if (process.platform === "win32") {
      spawnSync("taskkill", ["/pid", String(pid), "/T", "/F"], { stdio: "ignore" });
      return;
    }
    try {
      process.kill(-pid, "SIGKILL");
    } catch (error) {
      // ESRCH: nothing of the group is left, as it should be.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

function startGuard(pid: number, profile: Profile): ChildProcess {
  const made = profile.madeForOneRun ? [profile.dir] : [];
  const guard = spawn(process.execPath, ["-e", GUARD, String(pid), ...made], {
    stdio: ["pipe", "ignore", "ignore"],
    // Ctrl-C must not reach it, nor may it keep this process from ending.
    detached: true,
    windowsHide: true,
  });
  guard.unref();
  (guard.stdin as Socket).unref();
  return guard;
}

export interface Profile {
  readonly dir: string;
  readonly madeForOneRun: boolean;
  /** Removes it if it was made for one run. */
  discard(): Promise<void>;
}

/** The profile folder asked for, or a new one, with a copy of what is in `seed`, that `discard` removes. */
export async function openProfile(
  asked: string | undefined,
  executable: string,
  seed?: string,
): Promise<Profile> {
  if (asked !== undefined) {
    await mkdir(asked, { recursive: true });
    return { dir: asked, madeForOneRun: false, discard: async () => undefined };
  }
  const dir = await mkdtemp(join(await profileParent(executable), "switchyard-profile-"));
  if (seed !== undefined) await cp(seed, dir, { recursive: true });
  const discard = () => rm(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  return { dir, madeForOneRun: true, discard };
}

/**
 * Where new profiles go. A browser from a snap (Ubuntu) sees a /tmp of its own and no hidden
 * folders, so its profile lies where the snap may write:
 * https://firefox-source-docs.mozilla.org/testing/geckodriver/Usage.html#running-firefox-in-a-container-based-package
 */
async function profileParent(executable: string): Promise<string> {
  if (process.platform !== "linux") return tmpdir();
  const target = await realpath(executable);
  const head = (await readFile(target)).subarray(0, 4096).toString("latin1");
  const snap = target.endsWith("/snap") || head.includes("/snap/bin/");
  if (!snap) return tmpdir();
  const name = /firefox/.test(executable) ? "firefox" : "chromium";
  const parent = join(homedir(), "snap", name, "common");
  await mkdir(parent, { recursive: true });
  return parent;
}
