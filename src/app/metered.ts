/** Whether a byte costs: Chromium alone tells. https://developer.mozilla.org/docs/Web/API/NetworkInformation */

export function isMetered(browser: Navigator): boolean {
  const { connection } = browser as { connection?: { saveData?: boolean; type?: string } };
  return connection?.saveData === true || connection?.type === 'cellular';
}
