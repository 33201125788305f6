import { describe, expect, it } from "vitest";
import { RequestLog } from "../../../../src/session/log/request-log.ts";
import { pageSessionKey } from "../../../../src/session/page/page-model.ts";
import { ALICE, SOCKET, Wire } from "./log-traffic.ts";

const BOB = { ...ALICE, sessionKey: pageSessionKey(SOCKET, "b0b"), user: "user:bob" };
const wire = new Wire();

describe("the latest requests of a session", () => {
  it("are newest first, its own alone, without pings, whatever the filter hides", () => {
    const log = new RequestLog();
    log.add([
      wire.sent(1, 1, "query", ["RETURN 1"], { as: ALICE }),
      wire.sent(2, 2, "query", ["RETURN 2"], { as: BOB }),
      wire.sent(3, 3, "ping", [], { as: ALICE }),
      wire.sent(4, 4, "select", ["note"], { as: ALICE }),
      wire.queried(5, 1, 1),
    ]);
    log.setFilter({ ...log.filter, text: "nothing has this" });
    expect(log.rows.length).toBe(0);
    const recent = log.recentOf(ALICE.sessionKey, 10);
    expect(recent.map(({ id, outcome }) => `${id} ${outcome.kind}`)).toEqual(["4 pending", "1 ok"]);
    expect(log.recentOf(ALICE.sessionKey, 1).map(({ id }) => id)).toEqual(["4"]);
    expect(log.recentOf("page/none", 10)).toEqual([]);
  });

  it("are looked for among the last entries only", () => {
    const log = new RequestLog();
    log.add([wire.sent(1, 1, "query", ["RETURN 1"], { as: ALICE })]);
    for (let n = 2; n < 5_100; n++) log.add([wire.sent(n, n, "query", ["RETURN 2"], { as: BOB })]);
    expect(log.recentOf(ALICE.sessionKey, 10)).toEqual([]);
    expect(log.recentOf(BOB.sessionKey, 2).map(({ id }) => id)).toEqual(["5099", "5098"]);
  });
});
