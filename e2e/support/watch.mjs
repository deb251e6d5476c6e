// Records one page's traffic: requests, responses, and violations of its content security policy.
import { isChromium } from './env.mjs';
import { rememberSecret } from './secrets.mjs';

/** Either one top-level response, `{ method, url, status }`, or one request with the names of its cookies. */
export class Watch {
  answers = [];
  sent = [];
  setCookies = [];
  violations = [];

  static async over(page) {
    const watch = new Watch();
    page.on('response', (response) => {
      const request = response.request();
      if (!request.isNavigationRequest()) return;
      watch.answers.push({ method: request.method(), url: response.url(), status: response.status(), headers: response.headers() });
    });
    page.on('console', (message) => {
      const text = message.text();
      // Firefox requests this file for a page without an icon. The page does not ask for it.
      if (text.includes('/favicon.ico')) return;
      if (/csp-violation|content security policy/i.test(text)) watch.violations.push(text);
    });
    await page.evaluateOnNewDocument(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        console.warn(`csp-violation ${event.effectiveDirective} ${event.blockedURI}`);
      });
    });
    if (isChromium) await watch.#cookieHeaders(page);
    return watch;
  }

  /** Only the DevTools protocol shows the Cookie and Set-Cookie headers that were really sent. */
  async #cookieHeaders(page) {
    const cdp = await page.createCDPSession();
    await cdp.send('Network.enable');
    await cdp.send('Audits.enable');
    cdp.on('Network.requestWillBeSentExtraInfo', ({ headers }) => {
      const at = (name) => Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
      const names = (at('cookie') ?? '').split('; ').filter(Boolean).map((pair) => pair.split('=')[0]);
      this.sent.push({ host: at('host') ?? at(':authority') ?? '', cookies: names });
    });
    cdp.on('Network.responseReceivedExtraInfo', ({ headers }) => {
      const lines = Object.entries(headers).find(([key]) => key.toLowerCase() === 'set-cookie')?.[1]?.split('\n') ?? [];
      for (const line of lines) {
        this.setCookies.push(line);
        rememberSecret('cookie', line.slice(line.indexOf('=') + 1).split(';')[0]);
      }
    });
    // Also works without JavaScript, when no listener in the page could report.
    cdp.on('Audits.issueAdded', ({ issue }) => {
      if (issue.code === 'ContentSecurityPolicyIssue') this.violations.push(JSON.stringify(issue.details.contentSecurityPolicyIssueDetails));
    });
  }

  clear() {
    this.answers.length = this.sent.length = this.setCookies.length = 0;
  }
}
