/**
 * The application's page. `window.app` is for tests; the document's `data-state` says how far Clerk
 * is: `loading`, `loaded` or `failed`, then with `data-error`.
 */
const wanted = JSON.parse(document.querySelector("meta[name=wanted]").content);
const clerk = window.Clerk;
if (!wanted.expose) delete window.Clerk;

window.app = {
  /** Signs `alice`, `bob` or `carol` in as a form does, and makes it the active session; its id. */
  async signIn(person) {
    const attempt = await clerk.client.signIn.create(wanted.people[person]);
    await clerk.setActive({ session: attempt.createdSessionId });
    return attempt.createdSessionId;
  },
  /** Who the application's own back end takes the page for: `{ userId, sessionId }`, or 401. */
  async me() {
    const response = await fetch("/me");
    return response.ok ? response.json() : response.status;
  },
};

const { dataset } = document.documentElement;
try {
  await new Promise((resolve) => setTimeout(resolve, wanted.loadDelayMs));
  await clerk.load({ telemetry: false });
  clerk.addListener(({ user }) => {
    document.querySelector("#me").textContent = user?.fullName ?? "nobody";
  });
  dataset.state = "loaded";
} catch (error) {
  dataset.error = String(error);
  dataset.state = "failed";
}
