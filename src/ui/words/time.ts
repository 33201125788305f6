/** Times as people say them. All arguments are milliseconds; `now` and `at` since 1970. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "42 s", "14 min", "5 h", "6 days": one unit, rounded down, so that a countdown never promises more. */
export function span(milliseconds: number): string {
  const value = Math.max(0, milliseconds);
  if (value < MINUTE) return `${Math.floor(value / SECOND)} s`;
  if (value < HOUR) return `${Math.floor(value / MINUTE)} min`;
  if (value < 2 * DAY) return `${Math.floor(value / HOUR)} h`;
  return `${Math.floor(value / DAY)} days`;
}

/** "just now", "12 min ago". A clock that runs a little ahead doesn't make a future of it. */
export function ago(at: number, now: number): string {
  const passed = now - at;
  return passed < SECOND ? "just now" : `${span(passed)} ago`;
}

/** "in 14 min", or "3 s ago" once it has passed. */
export function until(at: number, now: number): string {
  return at > now ? `in ${span(at - now)}` : ago(at, now);
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}

/** "12:01:04" in the person's own time zone. */
export function clockTime(at: number): string {
  const date = new Date(at);
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

/** "12:01:04" for today, else "03-01 12:01": for a column of times. */
export function shortMoment(at: number, now: number): string {
  const date = new Date(at);
  if (date.toDateString() === new Date(now).toDateString()) return clockTime(at);
  return `${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${clockTime(at).slice(0, 5)}`;
}

/** "12:01:04" for today, else "2026-03-01 12:01:04". */
export function moment(at: number, now: number): string {
  const date = new Date(at);
  if (date.toDateString() === new Date(now).toDateString()) return clockTime(at);
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${clockTime(at)}`;
}
