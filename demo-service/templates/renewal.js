"use strict";

const answer = document.getElementById("answer");
const words = answer.dataset;

document.getElementById("try").hidden = false;
document.getElementById("ask").addEventListener("click", async () => {
  // As `fetch`, but a login that has just ended is renewed first.
  const response = await sso.fetch("/api/me");
  const me = await response.json();
  if (response.ok) {
    const madeAt = new Date(me.iat * 1000).toLocaleTimeString(document.documentElement.lang);
    answer.textContent = words.answer.replace("%email%", () => me.user_email).replace("%time%", madeAt);
    return;
  }
  // The page no longer names somebody as logged in.
  document.querySelectorAll(".menu, .tabs").forEach((element) => element.remove());
  const logIn = Object.assign(document.createElement("a"), { href: location.href, textContent: words.logIn });
  answer.replaceChildren(`${words.over} `, logIn);
});
