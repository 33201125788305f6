/**
 * The demo application: notes of whoever is signed in, kept live.
 *
 * It does what an ordinary application does and knows nothing of Switchyard. One thing it does on purpose:
 * it asks the server who it is instead of remembering whom it signed in, so that the page shows it when its
 * requests run as somebody else.
 */
import { RecordId, Surreal, Table } from "./surrealdb.mjs";

const NAMESPACE = "app";
const ACCESS = "account";
const STORED = "switchyard-demo-session";

const url = document.querySelector('meta[name="surrealdb-url"]').content;
const element = (id) => document.getElementById(id);
const db = new Surreal();

/** Notes by their id as text, as the server told them last. */
let notes = new Map();
/** The live query of the one who is signed in now, and for whom and where it was begun. */
let live;
let liveFor;
/** Counts the showings: one that was overtaken by a newer one doesn't touch the page any more. */
let showings = 0;

// What the page remembers over a reload

function remember(tenant, tokens) {
  sessionStorage.setItem(STORED, JSON.stringify({ tenant, tokens }));
}

function remembered() {
  return JSON.parse(sessionStorage.getItem(STORED) ?? "{}");
}

// Signing in and out

async function signIn(method, { name, password, tenant }) {
  const variables = { name: name.trim().toLowerCase(), password };
  const access = { namespace: NAMESPACE, database: tenant, access: ACCESS, variables };
  const tokens = await db[method](access).catch((error) => {
    throw new Error(
      method === "signup"
        ? `The account was not created: ${error.message}`
        : `Wrong name or password (the server says: ${error.message})`,
    );
  });
  await db.use({ namespace: NAMESPACE, database: tenant });
  remember(tenant, tokens);
  await show();
}

async function signOut() {
  const { tenant } = remembered();
  sessionStorage.setItem(STORED, JSON.stringify({ tenant }));
  await stopWatching();
  await db.invalidate();
  await show();
}

/** Takes up the session of before the reload; where its tokens are no longer good, the form comes. */
async function takeUp() {
  const { tenant = "tenant_a", tokens } = remembered();
  element("sign-in").elements.tenant.value = tenant;
  await db.use({ namespace: NAMESPACE, database: tenant });
  if (!tokens) return;
  try {
    remember(tenant, await db.authenticate(tokens));
    await db.use({ namespace: NAMESPACE, database: tenant });
  } catch (error) {
    sessionStorage.removeItem(STORED);
    tell(`You were signed out: ${error.message}`);
  }
}

// What the page shows

async function whoAmI() {
  try {
    const [state] = await db.query("RETURN { auth: $auth, token: $token, session: $session }");
    return state;
  } catch (error) {
    // Without guest access a server refuses every query of a session that is nobody.
    if (error.kind === "NotAllowed") return { session: {} };
    throw error;
  }
}

async function show() {
  const showing = ++showings;
  const { auth, token, session } = await whoAmI();
  if (showing !== showings) return;
  const who = auth ? String(auth) : (token?.ID ?? "nobody");
  const isSomebody = who !== "nobody";

  element("who").textContent = who;
  element("who").dataset.who = who;
  element("where").textContent = [session.ns, session.db].filter(Boolean).join("/");
  element("sign-in").hidden = isSomebody;
  element("sign-out").hidden = !isSomebody;
  element("notes").hidden = !isSomebody;

  const watcher = `${who} ${session.ns}/${session.db}`;
  if (liveFor !== watcher || !live?.isAlive) {
    await stopWatching();
    if (isSomebody) await watch(watcher, showing);
  }
  if (isSomebody) await readNotes(showing);
}

async function watch(watcher, showing) {
  const begun = await db.live(new Table("note"));
  if (showing !== showings) return begun.kill();
  live = begun;
  liveFor = watcher;
  begun.subscribe(({ action, recordId, value }) => {
    if (action === "KILLED") return;
    if (action === "DELETE") notes.delete(String(recordId));
    else notes.set(String(recordId), value);
    draw();
  });
}

async function readNotes(showing) {
  const [all] = await db.query("SELECT * FROM note ORDER BY created DESC");
  if (showing !== showings) return;
  notes = new Map(all.map((note) => [String(note.id), note]));
  draw();
}

async function stopWatching() {
  const ended = live;
  live = undefined;
  liveFor = undefined;
  notes = new Map();
  if (!ended?.isAlive) return;
  try {
    await ended.kill();
  } catch (error) {
    // Who signed out in between may not kill it any more; the server ends it with the session.
    console.debug("The live query could not be killed", error);
  }
}

function draw() {
  const rows = [...notes.values()]
    .sort((a, b) => b.created.toDate() - a.created.toDate())
    .map(drawNote);
  element("list").replaceChildren(...rows);
  element("empty").hidden = rows.length > 0;
}

function drawNote(note) {
  const row = document.createElement("li");
  row.className = note.done ? "done" : "";
  row.dataset.id = String(note.id);

  const done = document.createElement("input");
  done.type = "checkbox";
  done.checked = note.done;
  done.setAttribute("aria-label", `Done: ${note.text}`);
  done.addEventListener("change", () => attempt(() => setDone(note, done.checked)));

  const text = document.createElement("span");
  text.className = "text";
  text.textContent = note.text;

  const owner = document.createElement("small");
  owner.className = "quiet";
  owner.textContent = note.owner instanceof RecordId ? String(note.owner.id) : "";

  const remove = document.createElement("button");
  remove.type = "button";
  remove.textContent = "Delete";
  remove.setAttribute("aria-label", `Delete: ${note.text}`);
  remove.addEventListener("click", () => attempt(() => deleteNote(note)));

  row.append(done, text, owner, remove);
  return row;
}

// What permissions forbid SurrealDB doesn't refuse: it changes nothing and answers nothing.

async function setDone(note, done) {
  if (await db.update(note.id).merge({ done })) return;
  draw();
  tell(`The server changed nothing: “${note.text}” isn't yours.`);
}

async function deleteNote(note) {
  if (await db.delete(note.id)) return;
  tell(`The server deleted nothing: “${note.text}” isn't yours.`);
}

// Problems

function tell(text) {
  element("problem").textContent = text;
  element("problem").hidden = !text;
}

async function attempt(work) {
  tell("");
  try {
    await work();
  } catch (error) {
    tell(error.message);
  }
}

// The page's own controls

element("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(event.target));
  attempt(() => signIn(event.submitter?.value ?? "signin", fields));
});
for (const button of document.querySelectorAll(".people button")) {
  const { name, tenant } = button.dataset;
  // In the demo everybody's password is the name.
  button.addEventListener("click", () =>
    attempt(() => signIn("signin", { name, password: name, tenant })),
  );
}
element("sign-out").addEventListener("click", () => attempt(signOut));
element("add").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  attempt(async () => {
    const { text } = Object.fromEntries(new FormData(form));
    await db.query("CREATE note SET text = $text", { text });
    form.reset();
  });
});

function showState(state) {
  element("connection").textContent = state;
  element("connection").dataset.state = state;
}
for (const state of ["connecting", "connected", "reconnecting", "disconnected"]) {
  db.subscribe(state, () => showState(state));
}
db.subscribe("connected", () => {
  // After a reconnect the SDK restores session and live query, but the list may have missed something.
  if (showings > 0) attempt(show);
});

await attempt(async () => {
  await db.connect(url, { reconnect: { attempts: -1 } });
  await takeUp();
  await show();
});
