"use strict";
// Follows the login in the frame, which may happen in another tab. The frame is a page of
// auth-service, and says by a message who is logged in and how high it is.
(() => {
  const frame = document.querySelector("iframe");
  const [waiting, done] = ["logging-in", "logged-in"].map((id) => document.getElementById(id));

  function show({ name, height }) {
    if (height > 0) frame.style.height = `${Math.min(height, 320)}px`;
    done.querySelector("bdi").textContent = String(name || "");
    done.hidden = !name;
    waiting.hidden = Boolean(name);
  }

  // The press that brings somebody back to this tab may be that of the button below. It is a click
  // only where it ends on the button too, so nothing may move before.
  let whenReleased = null;
  addEventListener("pointerdown", () => {
    whenReleased = () => {};
  });
  for (const end of ["pointerup", "pointercancel"]) {
    addEventListener(end, () => {
      if (whenReleased) setTimeout(whenReleased);
      whenReleased = null;
    });
  }

  addEventListener("message", ({ data, origin, source }) => {
    if (source !== frame.contentWindow || origin !== new URL(frame.src).origin) return;
    if (!data || data.about !== "login") return;
    if (whenReleased) whenReleased = () => show(data);
    else show(data);
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
