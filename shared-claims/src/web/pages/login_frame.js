"use strict";
// Follows the login in the frame, which may happen in another tab. The frame is a page of
// auth-service, and says by a message who is logged in and how high it is.
(() => {
  const frame = document.querySelector("iframe");
  const [waiting, done] = ["logging-in", "logged-in"].map((id) => document.getElementById(id));

  addEventListener("message", ({ data, origin, source }) => {
    if (source !== frame.contentWindow || origin !== new URL(frame.src).origin) return;
    if (!data || data.about !== "login") return;
    if (data.height > 0) frame.style.height = `${Math.min(data.height, 320)}px`;
    done.querySelector("bdi").textContent = String(data.name || "");
    done.hidden = !data.name;
    waiting.hidden = Boolean(data.name);
  });

  // Both events come when somebody returns to this tab from another window.
  let lookedAt = -Infinity;
  const look = ({ timeStamp }) => {
    if (document.hidden || timeStamp - lookedAt < 1000) return;
    lookedAt = timeStamp;
    frame.src = frame.src;
  };
  document.addEventListener("visibilitychange", look);
  addEventListener("focus", look);
})();
