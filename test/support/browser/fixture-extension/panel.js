// The panel of the fixture: it writes down what a person's hands would cause, and asks the
// background for the greeting, so that a test sees input, messages and storage at work.
const api = globalThis.browser ?? globalThis.chrome;
if (api.devtools?.panels.themeName === "dark") document.body.classList.add("dark");

const log = (line) => {
  const item = document.createElement("li");
  item.textContent = line;
  document.querySelector("#log").append(item);
};

for (const type of ["pointerdown", "mousedown", "click"])
  document
    .querySelector("#greet")
    .addEventListener(type, (e) => log(`${type} trusted=${e.isTrusted}`));
const user = document.querySelector("#user");
for (const type of ["focus", "input", "change", "blur"])
  user.addEventListener(type, () => log(`${type} ${user.value}`));
user.addEventListener("keydown", (e) =>
  log(`keydown ${e.ctrlKey ? "Control+" : ""}${e.key} ${e.code}`),
);
for (const id of ["level", "remember"]) {
  const control = document.querySelector(`#${id}`);
  control.addEventListener("change", () =>
    log(`${id} ${control.type === "checkbox" ? control.checked : control.value}`),
  );
}
document.querySelector("#copy").addEventListener("click", () => {
  user.select();
  document.execCommand("copy");
});
document.querySelector("#fail").addEventListener("click", () => {
  api.runtime.sendMessage({ fail: true });
  throw new Error("the panel fails on purpose");
});
document.querySelector("#deep").addEventListener("click", () => log("deep"));
document.querySelector("#greet").addEventListener("click", async () => {
  const answer = await api.runtime.sendMessage({ greet: user.value });
  document.querySelector("#answer").textContent = answer;
});
