"use strict";
// Says behind each time what the reader's clock showed, where the page has UTC. Without this script UTC stays.

const { lang } = document.documentElement;
const isOfPage = (language) => language.split("-")[0] === lang.split("-")[0];
// The browser may know the reader's country, and so how they write dates.
const language = navigator.languages.find(isOfPage) ?? lang;
const exact = new Intl.DateTimeFormat(language, {
  day: "numeric", month: "short", year: "numeric", hour: "numeric", minute: "2-digit", timeZoneName: "short",
});

for (const time of document.querySelectorAll("time[datetime][title]")) time.title = exact.format(new Date(time.dateTime));
