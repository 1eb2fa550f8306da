/** Tells whether the connection costs by the byte, or is set to save data. */

/** Chromium alone knows: https://developer.mozilla.org/docs/Web/API/NetworkInformation */
export function isMetered(browser: Navigator): boolean {
  const { connection } = browser as { connection?: { saveData?: boolean; type?: string } };
  return connection?.saveData === true || connection?.type === 'cellular';
}
