// Starts the system's browsers. Every test file gets a new profile, every person a browser context
// of their own.
import { after } from 'node:test';
import puppeteer from 'puppeteer-core';
import { auth, isChromium } from './env.mjs';

const chromiumFlags = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
  '--disable-features=Translate,OptimizationHints,MediaRouter,PasswordLeakDetection',
];

// Registered here, at the top of the test file's run: inside a `before` it would close the browser with that hook.
const running = [];
after(() => Promise.all(running.map((browser) => browser.close())));

/** A running browser, closed when the test file ends. `preferences` are Firefox's own, as in about:config. */
export async function startBrowser({ preferences = {} } = {}) {
  const common = { headless: true, acceptInsecureCerts: auth.startsWith('https:'), timeout: 60_000, protocolTimeout: 120_000 };
  const browser = await (isChromium
    ? puppeteer.launch({ ...common, browser: 'chrome', executablePath: process.env.E2E_CHROMIUM ?? '/usr/bin/chromium', args: chromiumFlags })
    : puppeteer.launch({ ...common, browser: 'firefox', executablePath: process.env.E2E_FIREFOX ?? '/usr/bin/firefox-esr', extraPrefsFirefox: preferences }));
  running.push(browser);
  return browser;
}
