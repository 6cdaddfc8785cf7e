// The page before the inbox: shows what the start needs and hands back what the person chose.
"use strict";
const invoke = window.__TAURI_INTERNALS__.invoke;
const at = (id) => document.getElementById(id);
const names = {
  retry: "Try again",
  make_key_file: "Keep the key in a file",
  pick_key_file: "Use a key file…",
  open_folder: "Open the data folder",
  restore_daily: "Restore the newest daily copy",
  new_passphrase: "Use a passphrase…",
  forget_secrets: "The key is lost…",
  forget_for_good: "Forget the secrets",
  quit: "Quit",
};
// The same offers where the secrets are about to be forgotten.
const inForgetting = (lock) => ({
  retry: "Back",
  forget_for_good: lock.offers.includes("make_key_file") ? "Try the keychain again" : null,
});
let fresh = false;
let anew = false;

function paragraph(text) {
  const p = document.createElement("p");
  p.textContent = text;
  return p;
}

function show(lock) {
  at("title").textContent = lock.title;
  document.title = lock.title + " · Heliograph";
  at("text").replaceChildren(...lock.text.map(paragraph));
  problem(lock.problem);
  at("detail").textContent = lock.detail ?? "";
  at("more").hidden = !lock.detail;
  const asks = lock.offers.includes("passphrase");
  fresh = false;
  anew = lock.anew;
  form(asks);
  const buttons = lock.offers.filter((offer) => offer !== "passphrase").map((offer, n) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = (anew && inForgetting(lock)[offer]) || names[offer];
    if (n === 0 && !asks && offer !== "quit") button.className = "first";
    button.addEventListener("click", () => {
      if (offer === "new_passphrase") { fresh = true; form(true); } else choose({ kind: offer, anew });
    });
    return button;
  });
  at("offers").replaceChildren(...buttons);
  if (!asks) buttons[0]?.focus();
}

function form(open) {
  at("passphrase").hidden = !open;
  at("twice").hidden = !fresh;
  at("again").required = fresh;
  at("use").textContent = fresh ? "Use this passphrase" : "Unlock";
  if (open) at("words").focus();
}

function problem(text) {
  at("problem").textContent = text ?? "";
  at("problem").hidden = !text;
}

function busy(yes) {
  for (const control of document.querySelectorAll("button, input")) control.disabled = yes;
}

async function choose(choice) {
  busy(true);
  try {
    const lock = await invoke("unlock", { choice });
    busy(false);
    if (lock) show(lock);
  } catch (words) {
    busy(false);
    problem(String(words));
  }
}

at("passphrase").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = at("words").value;
  if (fresh && words !== at("again").value) return problem("The two are not the same.");
  choose({ kind: fresh ? "new_passphrase" : "passphrase", words, anew });
});

invoke("start").then((lock) => { if (lock) show(lock); });
