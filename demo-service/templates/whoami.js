"use strict";

const answer = document.getElementById("answer");

document.getElementById("ask").addEventListener("click", async () => {
  // As `fetch`, but a login that has just ended is renewed first.
  const response = await sso.fetch("/api/me");
  const me = await response.json();
  const madeAt = () => new Date(me.iat * 1000).toLocaleTimeString();
  answer.textContent = response.ok ? `${me.user_email}, by a login renewed at ${madeAt()}.` : "Nobody: you were logged out.";
});
