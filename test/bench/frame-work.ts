/**
 * What a page's main thread works for each of its frames, in processor time: other than the time that
 * passes between frames, it doesn't count what else the machine does.
 *
 * From a trace of the browser: the thread's tasks between one frame's callbacks and the next's.
 */
import type { DebuggedTarget } from "./debugged-target.ts";

/** Microseconds. https://chromium.googlesource.com/catapult: Trace Event Format */
interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  ts: number;
  /** Processor time of the thread. */
  tdur?: number;
}

/** In the traced page, for the time that is looked at: begins and ends it by its name. */
const FRAME = "FireAnimationFrame";
const TASK = "ThreadControllerImpl::RunTask";

/**
 * Does `work`, in which one page makes frames by requestAnimationFrame.
 * @param browser the browser's own target
 * @returns what `work` returns, and milliseconds of each frame of the thread that made most of them
 * @throws Error where the trace isn't whole, or holds no frames
 */
export async function frameWork<T>(
  browser: DebuggedTarget,
  work: () => Promise<T>,
): Promise<{ result: T; frames: number[] }> {
  const events: TraceEvent[] = [];
  browser.on<{ value: TraceEvent[] }>("Tracing.dataCollected", ({ value }) => {
    for (const event of value) if (event.name === FRAME || event.name === TASK) events.push(event);
  });
  const complete = new Promise<boolean>((resolve) => {
    browser.on<{ dataLossOccurred: boolean }>("Tracing.tracingComplete", (told) =>
      resolve(!told.dataLossOccurred),
    );
  });
  await browser.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: {
      includedCategories: ["devtools.timeline", "toplevel"],
      excludedCategories: ["*"],
    },
  });
  const result = await work();
  await browser.send("Tracing.end");
  if (!(await complete)) throw new Error("The browser lost a part of its trace.");
  return { result, frames: perFrame(events) };
}

function perFrame(events: TraceEvent[]): number[] {
  const threads = new Map<string, { starts: number[]; tasks: TraceEvent[] }>();
  for (const event of events.sort((one, other) => one.ts - other.ts)) {
    const name = `${event.pid} ${event.tid}`;
    const thread = threads.get(name) ?? { starts: [], tasks: [] };
    threads.set(name, thread);
    if (event.name === FRAME) thread.starts.push(event.ts);
    else thread.tasks.push(event);
  }
  const [page] = [...threads.values()].sort(
    (one, other) => other.starts.length - one.starts.length,
  );
  const { starts, tasks } = page ?? { starts: [], tasks: [] };
  let next = 0;
  if (starts.length < 2) throw new Error("The trace holds no frames.");
  return starts.slice(1).map((end, index) => {
    let time = 0;
    for (let task = tasks[next]; task && task.ts < end; task = tasks[++next]) {
      if (task.ts >= (starts[index] as number)) time += task.tdur ?? 0;
    }
    return time / 1000;
  });
}
