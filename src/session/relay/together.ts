/**
 * Small messages of a busy page cross together.
 *
 * Each message of a browser's port costs the same third of a millisecond on both ends, however little is
 * in it. So while several requests are on their way, what comes within one turn of the event loop is
 * sent as one; a page that asks one thing at a time waits for nothing.
 */
import { inNextTask } from "../next-task.ts";

/** With fewer on their way nothing waits for company. */
const FEW = 4;
/** At most so many go together; one of more bytes goes alone. */
const MOST = 64;
const SMALL = 4 * 1024;

export class Together<Message> {
  readonly #send: (messages: Message[]) => void;
  readonly #more: () => number;
  #waiting: Message[] = [];

  /**
   * @param send one or more, in order
   * @param more turns of the event loop in which company may come; they are waited for, up to `MOST`
   */
  constructor(send: (messages: Message[]) => void, more: () => number = () => 0) {
    this.#send = send;
    this.#more = more;
  }

  /**
   * @param size of the message, in bytes or characters
   * @param onTheWay requests that wait for their answers
   */
  add(message: Message, size: number, onTheWay: number): void {
    this.#waiting.push(message);
    if (onTheWay < FEW || size > SMALL || this.#waiting.length >= MOST) this.flush();
    else if (this.#waiting.length === 1) this.#flushAfter(Math.min(MOST, this.#more()));
  }

  #flushAfter(turns: number): void {
    inNextTask(() => {
      if (turns === 0) this.flush();
      else this.#flushAfter(turns - 1);
    });
  }

  /** Sends what waits, before something that must not overtake it. */
  flush(): void {
    const messages = this.#waiting;
    if (messages.length === 0) return;
    this.#waiting = [];
    this.#send(messages);
  }

  /** What waits is for nobody any more. */
  clear(): void {
    this.#waiting = [];
  }
}
