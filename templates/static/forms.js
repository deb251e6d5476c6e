"use strict";
// Forms with a password: shows what was typed, tells of Caps Lock and of how long a new password is, and sends a form once.
// The words stand in the page. Without this script, every form works.

/** How long a form is not sent again. After that, the network has failed. */
const SENDING_MS = 10_000;
/** A screen reader is told what has changed when the keys rest. */
const REST_MS = 1_000;
/** As the server counts: what a password must have beside its owner's names, and which of their parts are names. */
const MIN_BESIDE_NAMES = 8;
const MIN_NAME = 3;

const lengthOf = (text) => [...text].length;

function lineBelow(box, className, attributes) {
  const line = document.createElement("p");
  line.className = className;
  for (const [name, value] of Object.entries(attributes)) line.setAttribute(name, value);
  box.after(line);
  return line;
}

function addShowButton(box, input) {
  const { show, showLabel, hide, hideLabel } = box.dataset;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-quiet";
  button.setAttribute("aria-controls", input.id);
  const setShown = (isShown) => {
    const [start, end] = [input.selectionStart, input.selectionEnd];
    input.type = isShown ? "text" : "password";
    if (document.activeElement === input) input.setSelectionRange(start, end);
    button.textContent = isShown ? hide : show;
    button.setAttribute("aria-label", isShown ? hideLabel : showLabel);
  };
  setShown(false);
  // The cursor stays in the field.
  button.addEventListener("mousedown", (event) => event.preventDefault());
  button.addEventListener("click", () => setShown(input.type === "password"));
  // Browsers remember what was sent or left behind as plain text.
  input.form?.addEventListener("submit", () => setShown(false));
  addEventListener("pagehide", () => setShown(false));
  box.append(button);
}

function addCapsLockHint(box, input) {
  const line = lineBelow(box, "hint caps-lock", { role: "status" });
  const look = (event) => {
    // Filling in a form sends such an event without a key.
    const words = event.getModifierState?.("CapsLock") ? box.dataset.capsLock : "";
    if (line.textContent !== words) line.textContent = words;
  };
  for (const kind of ["keydown", "keyup", "mousedown"]) input.addEventListener(kind, look);
}

/** The names in a form, as the server takes them from it: the longest first. */
function namesIn(form) {
  const value = (name) => (form.elements[name]?.value ?? "").trim().toLowerCase();
  const email = value("email");
  const names = `${value("first_name")} ${value("last_name")}`.split(/\s+/);
  const words = [email, ...email.split(/[^\p{Alphabetic}\p{N}]+/u), ...names];
  return words.filter((word) => lengthOf(word) >= MIN_NAME).sort((one, other) => other.length - one.length);
}

function isLikeOwner(password, form) {
  const whole = password.toLowerCase();
  const rest = namesIn(form).reduce((text, name) => text.replaceAll(name, ""), whole);
  return rest !== whole && lengthOf(rest) < MIN_BESIDE_NAMES;
}

/** Says of a new password what the server will say of it for sure, and never that it is good. */
function remarkOn(password, { dataset }, form) {
  const length = lengthOf(password);
  if (length === 0) return "";
  if (length < Number(dataset.min)) return dataset.soFar.replace("#", length);
  if (length > Number(dataset.max)) return dataset.tooLong;
  return isLikeOwner(password, form) ? dataset.likeOwner : dataset.longEnough;
}

function addLength(box, input) {
  const spoken = lineBelow(box, "visually-hidden", { role: "status" });
  const seen = lineBelow(box, "hint so-far", { "aria-hidden": "true" });
  let timer;
  input.form?.addEventListener("input", () => {
    seen.textContent = remarkOn(input.value, box, input.form);
    clearTimeout(timer);
    timer = setTimeout(() => { spoken.textContent = seen.textContent; }, REST_MS);
  });
}

/** The pressed button is not disabled, because the browser would leave out its name and value. */
function sendOnce(form) {
  let timer;
  let pressed;
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
    pressed?.removeAttribute("aria-busy");
  };
  form.addEventListener("submit", (event) => {
    if (timer !== undefined) {
      event.preventDefault();
      return;
    }
    pressed = event.submitter;
    pressed?.setAttribute("aria-busy", "true");
    timer = setTimeout(stop, SENDING_MS);
  });
  addEventListener("pageshow", (event) => { if (event.persisted) stop(); });
}

for (const box of document.querySelectorAll(".password[data-show]")) {
  const input = box.querySelector("input");
  addShowButton(box, input);
  addCapsLockHint(box, input);
  if (box.dataset.longEnough) addLength(box, input);
}
for (const form of document.querySelectorAll('form[method="post"]')) sendOnce(form);
