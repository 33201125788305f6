/**
 * Runs `work` in a task of its own, behind those that wait already. Timers would do, but browsers hold
 * them back: by four milliseconds when they follow each other, by a second in the background.
 */
export function inNextTask(work: () => void): void {
  waiting.push(work);
  channel ??= openChannel();
  channel.port2.postMessage(undefined);
}

const waiting: (() => void)[] = [];
/** One for all: making one costs as much as what it is for. */
let channel: MessageChannel | undefined;

function openChannel(): MessageChannel {
  const opened = new MessageChannel();
  opened.port1.onmessage = () => waiting.shift()?.();
  // In Node an open port would keep the process alive.
  (opened.port1 as { unref?(): void }).unref?.();
  return opened;
}
