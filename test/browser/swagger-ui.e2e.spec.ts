import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { makeOrganization } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { CHROMIUM, openBrowser } from './chromium.js';

if (!CHROMIUM) process.stdout.write('skipped: Swagger UI in a browser (no Chromium here: apt-get install chromium)\n');
const suite = CHROMIUM ? describe : describe['skip'];

suite('Swagger UI', () => {
  let app: TestApp;
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  let page: Page;
  let base: string;

  beforeAll(async () => {
    app = await startTestApp();
    base = await app.listen();
    browser = await openBrowser();
    page = await browser.context.newPage();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await app?.close();
  });

  /** Opens an operation, runs it, and gives the status that the page shows. */
  async function execute(address: string): Promise<string> {
    const block = page.locator('.opblock-get', { has: page.locator(`[data-path="${address}"]`) });
    await block.waitFor();
    if ((await block.locator('.try-out__btn').count()) === 0) await block.locator('.opblock-summary-control').first().click();
    await block.locator('.try-out__btn').click();
    await block.locator('.execute').click();
    return (await block.locator('.live-responses-table .response-col_status').last().innerText()).trim();
  }

  it('logs an administrator in with e-mail and password, and keeps the login over a reload', async () => {
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    const owner = await makeOrganization(app);
    await page.goto(`${base}/api/docs`);
    await page.locator('button.authorize').first().click();
    const form = page.locator('.auth-container', { has: page.locator('#oauth_username') }).first();
    await form.locator('#oauth_username').fill(owner.email);
    await form.locator('#oauth_password').fill(owner.password);
    await form.locator('button.authorize').click();
    await page.locator('.modal-ux button', { hasText: 'Logout' }).first().waitFor();
    await page.locator('.modal-btn.auth.btn-done').first().click();

    await page.locator('#operations-tag-organizations').click(); // the address keeps it open over the reload
    expect(await execute('/api/v1/organization')).toBe('200');
    if (process.env['SWAGGER_SCREENSHOT']) await page.screenshot({ path: process.env['SWAGGER_SCREENSHOT'] });

    await page.reload();
    expect(await execute('/api/v1/organization')).toBe('200');
    expect(problems).toEqual([]);
  }, 60_000);
});
