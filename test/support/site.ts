/** A real appliance with a real browser before it, as the tests of the page use them. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { ApplianceProcess, timeball } from './appliance.ts';
import { complaints, DESKTOP, launch } from './browser.ts';
import { Scratch } from './scratch.ts';

export const ADMIN = { name: 'admin', password: 'brass sextant at noon' } as const;

const UNCLAIMED = 'not claimed yet: open the page and enter this code';
/** A page that takes longer to show something is broken. */
export const PATIENCE_MS = 20_000;

export interface Visit {
  readonly page: Page;
  /** What the browser complained of so far. */
  readonly complaints: string[];
}

export class Site {
  readonly browser: Browser;
  readonly #scratch: Scratch;
  readonly #command: readonly string[];
  #appliance: ApplianceProcess;
  #cookie: { readonly name: string; readonly value: string } | undefined;

  private constructor(
    browser: Browser,
    scratch: Scratch,
    command: readonly string[],
    appliance: ApplianceProcess,
  ) {
    this.browser = browser;
    this.#scratch = scratch;
    this.#command = command;
    this.#appliance = appliance;
  }

  /**
   * A simulation that asks for logins and keeps its state in a folder of its own. `config`: more YAML; `program`: what
   * takes the options of `simulate`, given that folder.
   */
  static async open(
    config = '',
    program: (folder: string) => readonly string[] = () => timeball('simulate'),
  ): Promise<Site> {
    const scratch = new Scratch();
    const file = scratch.write('config.yaml', `state: {directory: ${scratch.path}/state}\n${config}`);
    scratch.write('state/', '');
    const options = ['--login', '--headless', '--config', file, '--ntp', '127.0.0.1:0'];
    const command = [...program(scratch.path), ...options];
    try {
      const appliance = await ApplianceProcess.start([...command, '--http', '127.0.0.1:0']);
      return new Site(await launch(), scratch, command, appliance);
    } catch (error) {
      scratch.dispose();
      throw error;
    }
  }

  /** As `open`, claimed by ADMIN. */
  static async claimed(...how: Parameters<typeof Site.open>): Promise<Site> {
    const site = await Site.open(...how);
    try {
      await site.claim();
      return site;
    } catch (error) {
      await site.close();
      throw error;
    }
  }

  get appliance(): ApplianceProcess {
    return this.#appliance;
  }

  /** Its own; the state is in `state` there. */
  get scratch(): Scratch {
    return this.#scratch;
  }

  get url(): string {
    return this.#appliance.url;
  }

  async claimCode(): Promise<string> {
    return String((await this.#appliance.logged(UNCLAIMED))['claimCode']);
  }

  /** A browser that nobody has used before; `as`: the admin's is logged in (in a session that all of them share). */
  async visit(as: 'admin' | 'stranger', hash = '', options: BrowserContextOptions = DESKTOP): Promise<Visit> {
    const context = await this.browser.newContext(options);
    context.setDefaultTimeout(PATIENCE_MS);
    if (as === 'admin' && this.#cookie) await context.addCookies([{ ...this.#cookie, url: this.url }]);
    const page = await context.newPage();
    const heard = complaints(page);
    await page.goto(`${this.url}/#/${hash}`);
    return { page, complaints: heard };
  }

  /** As its wizard does, for ADMIN. */
  async claim(): Promise<void> {
    await this.#begin('/claim', { code: await this.claimCode(), ...ADMIN });
  }

  /** The admin by the API gets a session of its own: those that `visit` gave away go on without. */
  logIn(): Promise<void> {
    return this.#begin('/session', ADMIN);
  }

  /** As the admin, by the API. @throws Error where it is refused. */
  async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers = { cookie: `${this.#cookie?.name}=${this.#cookie?.value}`, ...(await this.#csrf(method)) };
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** Ends the appliance; `start` brings it back at the same address. */
  async stop(): Promise<void> {
    await this.#appliance.end();
  }

  async start(): Promise<void> {
    const { host } = new URL(this.url);
    this.#appliance = await ApplianceProcess.start([...this.#command, '--http', host]);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.#appliance.dispose();
    this.#scratch.dispose();
  }

  async #begin(path: string, body: object): Promise<void> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (response.status !== 201) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    const [name = '', value = ''] = (response.headers.get('set-cookie') ?? '').split(/[=;]/);
    this.#cookie = { name, value };
  }

  async #csrf(method: string): Promise<Record<string, string>> {
    if (method === 'GET') return {};
    const { csrf } = await this.ask<{ csrf: string | null }>('GET', '/session');
    return csrf === null ? {} : { 'x-csrf-token': csrf };
  }
}

/** Goes to another page of the application without loading it anew. */
export async function go(page: Page, hash: string): Promise<void> {
  await page.goto(`${page.url().split('#')[0]}#/${hash}`);
}

/** Fills in the login that the page asks for. */
export async function logInAt(page: Page, password: string = ADMIN.password): Promise<void> {
  await page.getByLabel('Name').fill(ADMIN.name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}
