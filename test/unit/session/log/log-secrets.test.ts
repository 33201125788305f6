/** Secrets never stand in a row, a search, a copy or a file, and are uncovered one by one. */
import { RecordId } from "surrealdb";
import { describe, expect, it } from "vitest";
import { copyRequest, type LogCopyFormat } from "../../../../src/session/log/log-copy.ts";
import { COVERED } from "../../../../src/session/log/log-entry.ts";
import { exportLog } from "../../../../src/session/log/log-export.ts";
import type { RequestLog } from "../../../../src/session/log/request-log.ts";
import {
  coverSpans,
  isSecretField,
  secretsInStatement,
} from "../../../../src/session/log/secret-text.ts";
import { decodeValue } from "../../../../src/wire/values.ts";
import { logOf, marks, requests, Wire } from "./log-traffic.ts";

const JWT = "eyJhbGciOiJIUzUxMiJ9.eyJJRCI6InVzZXI6Ym9iIn0.c2VjcmV0LXNpZ25hdHVyZQ";
const REFRESH = "surreal-refresh-Ab3dEf6hIj9k-Lm0nOp1qRs2tUv3wXy4z";
const PASSWORD = "hunter2-Zebra";
const SECRETS = [JWT, REFRESH, PASSWORD, "Ab3dEf6hIj9k", "c2VjcmV0LXNpZ25hdHVyZQ"];

/** One of every exchange that carries a secret. */
function secretive(wire: Wire): RequestLog {
  const rpc: [string, unknown[] | undefined, unknown][] = [
    ["signin", [{ NS: "app", DB: "a", AC: "account", email: "bob@x.org", pw1: PASSWORD }], JWT],
    ["signup", [{ ns: "app", user: "bob", pass: PASSWORD }], { access: JWT, refresh: REFRESH }],
    ["authenticate", [JWT], null],
    ["refresh", [{ access: JWT, refresh: REFRESH }], { access: JWT, refresh: REFRESH }],
    ["revoke", [{ access: JWT, refresh: REFRESH }], null],
    ["let", ["api_token", PASSWORD], null],
    ["create", ["user", { name: "bob", password: PASSWORD }], { name: "bob", password: PASSWORD }],
    ["update", ["session", { note: `Bearer ${JWT}` }], [{ note: `Bearer ${JWT}` }]],
    ["run", ["fn::login", null, [{ secret: PASSWORD }]], JWT],
  ];
  const log = logOf(
    ...rpc.flatMap(([method, params, result], n) => [
      wire.sent(n * 2, n, method, params),
      wire.answered(n * 2 + 1, n, result),
    ]),
    wire.sent(90, "q1", "query", [`UPDATE user SET password = '${PASSWORD}', name = 'bob'`]),
    wire.queried(91, "q1", [{ password: PASSWORD, id: 1 }]),
    wire.sent(92, "q2", "query", ["RETURN $who", { token: JWT, apiKey: PASSWORD }]),
    wire.queried(93, "q2", JWT),
    wire.sent(94, "q3", "query", [`CREATE user SET pass = "${PASSWORD}"`]),
    wire.refused(95, "q3", { code: -1, message: `Parse error: pass = "${PASSWORD}"` }),
  );
  log.setFilter({ ...log.filter, pings: true });
  return log;
}

function expectNone(text: string) {
  for (const secret of SECRETS) expect(text).not.toContain(secret);
}

describe("a secret", () => {
  for (const format of ["cbor", "json"] as const) {
    it(`stands in no row, search, details, copy or file (${format})`, async () => {
      const log = secretive(new Wire({ format }));
      const formats: LogCopyFormat[] = ["surrealql", "json", "javascript", "hex"];
      expect(requests(log).length).toBe(12);
      for (const entry of requests(log)) {
        const {
          requestFrame: _r,
          answerFrame: _a,
          ...row
        } = entry as unknown as Record<string, unknown>;
        expectNone(JSON.stringify(row));
        const details = log.details(entry.seq);
        expect(details?.covered.length).toBeGreaterThan(0);
        const { params, result } = details ?? {};
        expectNone(JSON.stringify([params, result].map((each) => each && decodeValue(each))));
        expectNone(JSON.stringify(details?.error ?? null));
        for (const copy of formats) {
          if (!details) continue;
          const text = copyRequest(entry, details, copy);
          expectNone(text);
          if (copy === "hex")
            expectNone(Buffer.from(text.replace(/^#.*$/gm, ""), "hex").toString());
        }
      }
      const words = ["hunter2", "eyjhbgci", "surreal-refresh"];
      for (const text of words) {
        log.setFilter({ ...log.filter, text });
        expect(log.rows.length).toBe(0);
      }
      const file = await exportLog(log, { exportedAt: 0, labelOf: () => undefined });
      expectNone(file);
      const values = file.matchAll(/"cbor":"([^"]*)"/g);
      for (const [, base64 = ""] of values) expectNone(Buffer.from(base64, "base64").toString());
    });
  }

  it("stands in no mark", () => {
    const wire = new Wire({ format: "json" });
    const error = { code: -32700, message: `Parse error: SET pass = "${PASSWORD}"` };
    const log = logOf(
      { kind: "navigation", at: 1, url: `http://localhost/app?token=${JWT}#${REFRESH}` },
      wire.raw("received", 2, JSON.stringify({ id: null, error })),
      wire.raw("sent", 3, `{"password":"${PASSWORD}"}`),
    );
    expect(marks(log).length).toBe(3);
    expectNone(marks(log).join("\n"));
  });

  it("is uncovered alone, or with all the others", () => {
    const wire = new Wire();
    const log = logOf(
      wire.sent(1, 1, "signin", [
        { NS: "app", AC: "account", name: "bob", pass: PASSWORD, pin: 12 },
      ]),
      wire.answered(2, 1, { access: JWT, refresh: REFRESH }),
    );
    const [entry] = requests(log);
    const seq = entry?.seq ?? 0;
    const covered = log.details(seq)?.covered ?? [];
    expect(covered.map(({ where, path }) => [where, ...path])).toEqual([
      ["params", 0, "pass"],
      ["params", 0, "pin"],
      ["result"],
    ]);
    const [pass] = covered;
    const one = log.details(seq, new Set([pass?.key ?? ""]));
    expect(decodeValue(one?.params as Uint8Array)).toEqual([
      { NS: "app", AC: "account", name: "bob", pass: PASSWORD, pin: COVERED },
    ]);
    expect(decodeValue(one?.result as Uint8Array)).toBe(COVERED);
    const all = log.details(seq, "all");
    expect(all?.covered).toEqual([]);
    expect(all?.rewritten).toEqual({ request: false, answer: false });
    expect(decodeValue(all?.result as Uint8Array)).toEqual({ access: JWT, refresh: REFRESH });
    expect(all && entry && copyRequest(entry, all, "json")).toContain(PASSWORD);
  });

  it("leaves every other byte as it was", () => {
    const wire = new Wire();
    // 5f and 5 are two values, and one in JavaScript: fb 4014000000000000 is the float.
    const float = [0xfb, 0x40, 0x14, 0, 0, 0, 0, 0, 0];
    const sent = wire.sent(1, 1, "query", ["RETURN $a", { a: 77, token: JWT }]);
    const frame = sent.frame as Uint8Array;
    const at = frame.findIndex((byte, index) => byte === 0x18 && frame[index + 1] === 77);
    const withFloat = Uint8Array.from([
      ...frame.subarray(0, at),
      ...float,
      ...frame.subarray(at + 2),
    ]);
    const log = logOf({ ...sent, frame: withFloat });
    const details = log.details(1);
    expect(decodeValue(details?.params as Uint8Array)).toEqual([
      "RETURN $a",
      { a: 5, token: COVERED },
    ]);
    expect(Buffer.from(details?.params ?? []).toString("hex")).toContain(
      Buffer.from(float).toString("hex"),
    );
  });
});

describe("statements", () => {
  const cases: [string, string][] = [
    ["SELECT * FROM user WHERE name = 'bob'", "SELECT * FROM user WHERE name = 'bob'"],
    [
      "UPDATE u SET password = 'x1', name = 'y'",
      `UPDATE u SET password = '${COVERED}', name = 'y'`,
    ],
    [
      `CREATE u CONTENT { "passHash": "x", a: 'y' }`,
      `CREATE u CONTENT { "passHash": "${COVERED}", a: 'y' }`,
    ],
    [
      "DEFINE USER bob ON ROOT PASSWORD 'it\\'s' ROLES OWNER",
      `DEFINE USER bob ON ROOT PASSWORD '${COVERED}' ROLES OWNER`,
    ],
    [
      "crypto::argon2::compare($h, 'x') AND a = 'y'",
      `crypto::argon2::compare($h, '${COVERED}') AND a = 'y'`,
    ],
    ["LET $api_key = r'abc'; RETURN 'b'", `LET $api_key = r'${COVERED}'; RETURN 'b'`],
    ["SET pin = 1234, age = 12", `SET pin = ${COVERED}, age = 12`],
    [
      "SET shipping = 'fast', monkey = 'Jo', compass = 'N'",
      "SET shipping = 'fast', monkey = 'Jo', compass = 'N'",
    ],
    ["-- password = 'x'\nRETURN 'y'", "-- password = 'x'\nRETURN 'y'"],
    ["SET password = 'cut off he", `SET password = '${COVERED}`],
    [`RETURN 'Bearer ${JWT}'`, `RETURN 'Bearer ${COVERED}'`],
    [`SET token = '${JWT}'`, `SET token = '${COVERED}'`],
    [`SET password = '${COVERED}'`, `SET password = '${COVERED}'`],
  ];
  for (const [statement, covered] of cases) {
    it(JSON.stringify(statement.slice(0, 40)), () => {
      expect(coverSpans(statement, secretsInStatement(statement))).toBe(covered);
    });
  }
});

describe("names of fields", () => {
  it("are secret by their words, not by letters in them", () => {
    const secret = [
      "password",
      "userPassword",
      "api_key",
      "apiKey",
      "refreshToken",
      "x-secret",
      "PIN",
    ];
    const plain = [
      "shipping",
      "monkey",
      "keyboard",
      "opinion",
      "passenger",
      "zipcode",
      "id",
      "author",
    ];
    expect(secret.filter((name) => !isSecretField(name))).toEqual([]);
    expect(plain.filter(isSecretField)).toEqual([]);
  });

  it("cover values, not what points at a record", () => {
    const wire = new Wire();
    const key = new RecordId("key", "one");
    const log = logOf(
      wire.sent(1, 1, "select", ["door"]),
      wire.answered(2, 1, [{ key, token: null, secret: true, password: "" }]),
    );
    expect(log.details(1)?.covered).toEqual([]);
  });

  it("cover a definition's key and hash in what INFO answers", () => {
    const wire = new Wire();
    const definition = `DEFINE ACCESS a ON DATABASE TYPE JWT ALGORITHM HS512 KEY '${PASSWORD}'`;
    const log = logOf(
      wire.sent(1, 1, "query", ["INFO FOR DB"]),
      wire.queried(2, 1, { accesses: { a: definition } }),
    );
    expectNone(JSON.stringify(decodeValue(log.details(1)?.result as Uint8Array)));
  });
});
