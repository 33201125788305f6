// The background of the fixture: greets, and counts how often it was started and how many
// greetings the profile has seen, so that a test can tell a new start and a kept profile.
const api = globalThis.browser ?? globalThis.chrome;
globalThis.startedAt = Date.now();

const started = api.storage.session
  .get({ starts: 0 })
  .then(({ starts }) => api.storage.session.set({ starts: starts + 1 }).then(() => starts + 1));

/** Counts in IndexedDB: the place where the real extension keeps its sessions. */
function countInDatabase() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("fixture", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("counts");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction("counts", "readwrite");
      const store = transaction.objectStore("counts");
      const reading = store.get("greetings");
      reading.onsuccess = () => {
        const count = (reading.result ?? 0) + 1;
        store.put(count, "greetings");
        transaction.oncomplete = () => {
          opening.result.close();
          resolve(count);
        };
      };
      transaction.onerror = () => reject(transaction.error);
    };
  });
}

async function greet(name) {
  const { local } = await api.storage.local.get({ local: 0 });
  await api.storage.local.set({ local: local + 1 });
  const database = await countInDatabase();
  return `Hello ${name}: start ${await started}, local ${local + 1}, database ${database}`;
}

api.runtime.onMessage.addListener((message, _sender, respond) => {
  if (message?.fail) throw new Error("the worker fails on purpose");
  if (typeof message?.greet !== "string") return false;
  greet(message.greet).then(respond);
  return true;
});
