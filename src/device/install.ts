/** Offers to install the app where the browser does; the button is ours. */

/** https://developer.mozilla.org/docs/Web/API/BeforeInstallPromptEvent: Chromium only, and once for each event. */
interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}

export interface Installer {
  readonly canInstall: boolean;
  /** Shows the browser's own question. */
  install(): Promise<void>;
}

export function createInstaller(window: Window, onChange: () => void): Installer {
  let prompt: InstallPrompt | undefined;
  const set = (event: InstallPrompt | undefined) => {
    prompt = event;
    onChange();
  };
  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    set(event as InstallPrompt);
  });
  window.addEventListener('appinstalled', () => set(undefined));
  return {
    get canInstall() {
      return prompt !== undefined;
    },
    async install() {
      const asked = prompt;
      set(undefined);
      await asked?.prompt();
    },
  };
}
