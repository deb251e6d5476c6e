// Environment of the suite: where the running services are, as `cargo xtask e2e` or you set it.
import { join } from 'node:path';

const env = process.env;
const root = join(import.meta.dirname, '..');
const origin = (text) => new URL(text).origin;

export const auth = origin(env.E2E_AUTH_URL ?? 'http://auth.sso.localhost:8000');
export const demo = origin(env.E2E_DEMO_URL ?? 'http://demo.sso.localhost:8001');
export const lists = origin(env.E2E_LISTS_URL ?? 'http://lists.sso.localhost:8003');
/** Whether a second service runs beside the demo. */
export const hasTwoServices = Boolean(env.E2E_LISTS_URL);
export const cookieDomain = env.E2E_COOKIE_DOMAIN ?? new URL(auth).hostname.split('.').slice(1).join('.');
export const accessLifetime = Number(env.E2E_ACCESS_LIFETIME_SECONDS ?? 300);
export const browserName = env.E2E_BROWSER ?? 'chromium';
export const isChromium = browserName === 'chromium';
export const screenshots = env.E2E_SCREENSHOTS ?? join(root, 'screenshots');
export const logs = [env.E2E_AUTH_LOG, env.E2E_DEMO_LOG, env.E2E_LISTS_LOG].filter(Boolean);
export const authBinary = env.E2E_AUTH_BIN;
export const demoBinary = env.E2E_DEMO_BIN;
export const authEnvFile = env.E2E_AUTH_ENV_FILE;
export const secretsFile = env.E2E_SECRETS_FILE ?? join(root, '.run', 'secrets.jsonl');

/** The folder where letters land, if the services send any. */
export const mail = env.E2E_MAIL;

/** The cookie names of a production stack. Development uses the same ones. */
export const cookies = { access: '__Secure-sso_access', refresh: '__Host-sso_refresh', browser: '__Host-sso_browser' };

/** Reason to skip what only the DevTools protocol can show, or false. */
export const chromiumOnly = isChromium ? false : 'needs the DevTools protocol, which only Chromium speaks';
export const firefoxOnly = isChromium ? 'Chromium is told so page by page, in a test of its own' : false;

/** Reason to skip what needs the operator's command line, or false. */
export const needsOperator = authBinary && authEnvFile ? false : 'needs E2E_AUTH_BIN and E2E_AUTH_ENV_FILE to run `auth-service users …`';

/** Reason to skip what reads mail, or false. */
export const needsMail = mail ? false : 'needs E2E_MAIL, the folder of SMTP_URL=file:…';

/** Reason to skip what waits until an access token has expired, or false. */
export const needsShortLife = accessLifetime <= 60 ? false : `access tokens live ${accessLifetime} s: set E2E_ACCESS_LIFETIME_SECONDS and the service to a short life`;
